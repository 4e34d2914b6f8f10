"""The deals, tickets and leads of the year. Days count backwards from today."""

from typing import NamedTuple

WON, LOST = "closedwon", "closedlost"
STAGES = (
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
)


class Deal(NamedTuple):
    """A deal over `what`, begun and brought to `stage` so many days ago; amounts in euros."""

    firm: str
    what: str
    amount: int
    began: int
    ended: int
    stage: str
    kind: str = "newbusiness"
    reason: str = ""


class Ticket(NamedTuple):
    """A ticket; `answer` is what ended or will end it, stage 1 to 4 as in the support pipeline."""

    firm: str
    subject: str
    content: str
    answer: str
    began: int
    stage: str
    priority: str
    category: str
    source: str


class Lead(NamedTuple):
    """A lead; `person` is the last name of the contact it is about."""

    firm: str
    person: str
    name: str
    label: str
    stage: str
    source: str
    began: int
    reason: str = ""


DEALS = (
    Deal("orange", "returnable crates for the Bristol plant", 48_000, 330, 250, WON, reason="Washable, and on time"),
    Deal("orange", "juice trays for two more plants", 126_000, 75, 6, "decisionmakerboughtin", "existingbusiness"),
    Deal("hagaodling", "tomato trays with ventilation", 17_500, 300, 228, WON, reason="Samples lasted the season"),
    Deal("hagaodling", "herb crates, half height", 9_800, 40, 9, "presentationscheduled", "existingbusiness"),
    Deal("sadowisko", "apple bins for the autumn", 210_000, 345, 262, WON, reason="Delivery before the harvest"),
    Deal("sadowisko", "pooling of bins between members", 64_000, 120, 21, "contractsent", "existingbusiness"),
    Deal("brygghuset", "bottle trays, first batch", 22_400, 90, 12, "decisionmakerboughtin"),
    Deal("piekarniazloty", "bread trays for night rounds", 38_600, 310, 240, WON, reason="They nest when empty"),
    Deal("piekarniazloty", "dollies for stacked trays", 11_900, 55, 4, "qualifiedtobuy", "existingbusiness"),
    Deal("northmill", "display-ready crates for forty shops", 184_000, 100, 15, "presentationscheduled"),
    Deal("fjallfisk", "fish boxes with drains", 29_300, 280, 205, WON, reason="No more ice water on the floor"),
    Deal("fjallfisk", "lids for fish boxes", 6_400, 30, 3, "contractsent", "existingbusiness"),
    Deal("zielonyrynek", "market crates for tenants", 91_000, 140, 30, "qualifiedtobuy"),
    Deal("harbourlane", "small boxes for oysters", 7_200, 45, 20, "appointmentscheduled"),
    Deal("norrlogistik", "a pool of five thousand crates", 155_000, 360, 275, WON, reason="One supplier for the coast"),
    Deal("norrlogistik", "replacement of worn crates", 23_500, 60, 7, "qualifiedtobuy", "existingbusiness"),
    Deal("mleczarniapodlasie", "baskets for the yoghurt line", 142_000, 110, 11, "decisionmakerboughtin"),
    Deal("mleczarniapodlasie", "baskets for the butter line", 58_000, 210, 150, LOST,
         reason="Wire baskets were repaired for another two years"),
    Deal("cotswoldherbs", "pot carriers for garden centres", 5_900, 270, 215, WON, reason="They hold twelve pots"),
    Deal("kustfrukt", "banana crates for the ripening rooms", 76_000, 80, 10, "presentationscheduled"),
    Deal("kustfrukt", "avocado trays", 31_000, 190, 135, LOST, reason="A rival in Hamburg was cheaper"),
    Deal("spizarniababci", "dividers for jam glasses", 8_300, 240, 180, WON, reason="Nothing breaks any more"),
    Deal("thamesbox", "folding boxes for doorsteps", 67_500, 320, 245, WON, reason="They fold flat for the way back"),
    Deal("thamesbox", "cool inserts for summer", 19_900, 50, 5, "contractsent", "existingbusiness"),
    Deal("lakelandmeats", "red trays for the cutting room", 44_200, 130, 18, "qualifiedtobuy"),
    Deal("lakelandmeats", "storage racks", 15_000, 260, 200, LOST, reason="Bought second-hand"),
    Deal("barvinter", "freezer boxes for berries", 12_700, 290, 220, WON, reason="They do not crack at thirty below"),
    Deal("pieczarkimazur", "picking trays, one year", 86_000, 350, 265, WON, reason="Weight of every tray the same"),
    Deal("pieczarkimazur", "wash line for trays", 53_000, 70, 8, "presentationscheduled", "existingbusiness"),
    Deal("hurtowniawisla", "crates for small shops", 16_800, 35, 14, "appointmentscheduled"),
    Deal("solbergab", "bread trays for three bakeries", 14_300, 65, 16, "qualifiedtobuy"),
)  # fmt: skip

TICKETS = (
    Ticket("orange", "Crates arrive wet", "Half of the last pallet stood in the rain; labels do not stick.",
           "We sent forty dry crates and wrapped the next pallets.", 24, "3", "HIGH", "PRODUCT_ISSUE", "EMAIL"),
    Ticket("hagaodling", "Invoice without order number", "Our bookkeeping refuses it.",
           "A new invoice with the number is on its way.", 180, "4", "LOW", "BILLING_ISSUE", "EMAIL"),
    Ticket("sadowisko", "Handles break in frost", "Eleven handles broke below minus ten.",
           "The bins of that batch are exchanged.", 60, "2", "URGENT", "PRODUCT_ISSUE", "PHONE"),
    Ticket("piekarniazloty", "Trays in our own colour", "Could the next batch be dark green?",
           "Green is possible from two thousand trays on.", 95, "4", "MEDIUM", "FEATURE_REQUEST", "FORM"),
    Ticket("fjallfisk", "Drain plugs missing", "Two boxes in ten came without plugs.",
           "A bag of plugs was posted the same day.", 150, "4", "HIGH", "PRODUCT_ISSUE", "PHONE"),
    Ticket("norrlogistik", "Bar codes fade in the washer", "After fifty rounds scanners miss every third.",
           "We test an engraved code on a hundred crates.", 18, "3", "HIGH", "PRODUCT_ISSUE", "WEB"),
    Ticket("cotswoldherbs", "How do I clean the carriers?", "Lime from the water leaves marks.",
           "Citric acid, three per cent, warm.", 130, "4", "LOW", "GENERAL_INQUIRY", "CHAT"),
    Ticket("thamesbox", "Boxes do not close", "The flap of the new ones is a few millimetres short.",
           "The mould was corrected; the boxes are exchanged.", 12, "1", "HIGH", "PRODUCT_ISSUE", "EMAIL"),
    Ticket("barvinter", "Delivery to the wrong gate", "The lorry waited an hour at the harbour.",
           "The address in our system is corrected.", 85, "4", "MEDIUM", "GENERAL_INQUIRY", "PHONE"),
    Ticket("pieczarkimazur", "Trays differ in weight", "Our scales reject one tray in thirty.",
           "We sort the batch at our cost.", 9, "1", "URGENT", "PRODUCT_ISSUE", "PHONE"),
    Ticket("spizarniababci", "Second copy of the delivery note", "The driver took both.",
           "Sent as PDF.", 40, "4", "LOW", "GENERAL_INQUIRY", "EMAIL"),
    Ticket("orange", "Deposit on lost crates", "We find 26 crates on the invoice that we returned in March.",
           "The 26 crates are credited.", 33, "2", "MEDIUM", "BILLING_ISSUE", "EMAIL"),
)  # fmt: skip

LEADS = (
    Lead("winnicawzgorze", "Lewandowska", "Picking crates for Winnica Wzgórze", "WARM", "attempting-stage-id",
         "OFFLINE", 20),
    Lead("pennineflowers", "Holt", "Flower buckets, Pennine", "HOT", "connected-stage-id", "ORGANIC_SEARCH", 14),
    Lead("osterlensost", "Mårtensson", "Boards for ripening cheese", "COLD", "new-stage-id", "REFERRALS", 6),
    Lead("millstonecafe", "Fraser", "Milk crates for eleven cafés", "WARM", "new-stage-id", "EMAIL_MARKETING", 3),
    Lead("hurtowniawisla", "Borkowski", "Crates for shops by the river", "HOT", "qualified-stage-id", "OFFLINE", 42),
    Lead("solbergab", "Solberg", "Bread trays in Göteborg", "HOT", "qualified-stage-id", "REFERRALS", 72),
    Lead("harbourlane", "Carver", "Oyster boxes", "WARM", "qualified-stage-id", "PAID_SEARCH", 52),
    Lead("trafiberab", "Kjellberg", "Wood fibre inlays together", "COLD", "unqualified-stage-id", "OFFLINE", 160,
         "NOT_A_GOOD_FIT"),
    Lead("northmill", "Whyte", "Recycling of cardboard at Northmill", "COLD", "unqualified-stage-id", "DIRECT_TRAFFIC",
         105, "NO_BUDGET"),
    Lead("cotswoldherbs", "Gale", "Labels for pot carriers", "WARM", "connected-stage-id", "EMAIL_MARKETING", 16),
    Lead("zielonyrynek", "Sikora", "Tenants who want their own crates", "WARM", "attempting-stage-id", "REFERRALS", 11),
    Lead("norrlogistik", "Holmgren", "A second wash line", "HOT", "attempting-stage-id", "OFFLINE", 5),
)  # fmt: skip
