"""The companies Lindqvist Packaging deals with, and their people. Phone numbers are of ranges kept for fiction."""

from typing import NamedTuple


class Firm(NamedTuple):
    """A company: `owner` is the key of a colleague, `stage` a lifecycle stage, revenue is in thousands of euros."""

    key: str
    name: str
    industry: str
    city: str
    country: str
    employees: int
    revenue: int
    owner: str
    stage: str
    description: str

    @property
    def domain(self) -> str:
        """Their web domain."""
        return f"{self.key}.example"


class Person(NamedTuple):
    """A contact at a firm; `role` is a buying role or ""."""

    first: str
    last: str
    firm: str
    title: str
    role: str = ""
    phone: str = ""


FIRMS = (
    Firm("orange", "Orange Inc", "FOOD_AND_BEVERAGES", "Bristol", "United Kingdom", 240, 38_000, "james", "customer",
         "Presses and ships citrus juice; buys returnable crates for three plants."),
    Firm("hagaodling", "Haga Odling", "AGRICULTURE", "Uppsala", "Sweden", 45, 5_200, "erik", "customer",
         "Grows tomatoes and herbs under glass, sells to shops around Mälaren."),
    Firm("sadowisko", "Sadowisko", "AGRICULTURE", "Grójec", "Poland", 130, 14_500, "maja", "customer",
         "A growers' union of eighty orchards; apples from September to May."),
    Firm("brygghuset", "Brygghuset Söder", "FOOD_AND_BEVERAGES", "Stockholm", "Sweden", 28, 3_900, "erik",
         "opportunity", "A brewery that moves from cardboard to bottle trays."),
    Firm("piekarniazloty", "Piekarnia Złoty Kłos", "FOOD_AND_BEVERAGES", "Łódź", "Poland", 75, 6_100, "maja",
         "customer", "Bakes for two hundred shops every night; trays go out at three in the morning."),
    Firm("northmill", "Northmill Grocers", "RETAIL", "Leeds", "United Kingdom", 410, 61_000, "james", "opportunity",
         "Forty neighbourhood groceries with their own warehouse."),
    Firm("fjallfisk", "Fjällfisk", "FOOD_AND_BEVERAGES", "Östersund", "Sweden", 60, 8_700, "erik", "customer",
         "Farmed char and trout, packed on ice."),
    Firm("zielonyrynek", "Zielony Rynek", "WHOLESALE", "Poznań", "Poland", 95, 22_000, "maja",
         "opportunity", "Wholesale hall for fruit and vegetables."),
    Firm("harbourlane", "Harbour Lane Oysters", "FOOD_AND_BEVERAGES", "Whitstable", "United Kingdom", 18, 2_100,
         "james", "salesqualifiedlead", "Oysters and mussels, sold to restaurants by the box."),
    Firm("norrlogistik", "Norr Logistik", "LOGISTICS", "Sundsvall", "Sweden", 150, 19_000, "erik", "customer",
         "Chilled transport along the coast; washes and pools crates for others."),
    Firm("mleczarniapodlasie", "Mleczarnia Podlasie", "FOOD_AND_BEVERAGES", "Białystok", "Poland", 320, 47_000, "maja",
         "opportunity", "A dairy that replaces its wire baskets plant by plant."),
    Firm("cotswoldherbs", "Cotswold Herbs", "AGRICULTURE", "Cirencester", "United Kingdom", 22, 1_800, "james",
         "customer", "Pot herbs for garden centres."),
    Firm("solbergab", "Solberg Bageri", "FOOD_AND_BEVERAGES", "Göteborg", "Sweden", 38, 4_400, "erik",
         "salesqualifiedlead", "Three bakeries and a café."),
    Firm("winnicawzgorze", "Winnica Wzgórze", "AGRICULTURE", "Zielona Góra", "Poland", 14, 900, "maja", "lead",
         "A young vineyard that looks for picking crates."),
    Firm("pennineflowers", "Pennine Flowers", "WHOLESALE", "Huddersfield", "United Kingdom", 33, 5_600, "james", "lead",
         "Cut flowers, delivered in buckets and trolleys."),
    Firm("kustfrukt", "Kustfrukt", "WHOLESALE", "Malmö", "Sweden", 52, 12_300, "erik", "opportunity",
         "Imports and ripens bananas and avocados."),
    Firm("spizarniababci", "Spiżarnia Babci", "FOOD_AND_BEVERAGES", "Kraków", "Poland", 26, 2_700, "maja", "customer",
         "Jams and pickles in glass."),
    Firm("thamesbox", "Thames Veg Box", "RETAIL", "London", "United Kingdom", 64, 9_300, "james", "customer",
         "Vegetable boxes to nine thousand doors a week."),
    Firm("osterlensost", "Österlens Ost", "FOOD_AND_BEVERAGES", "Simrishamn", "Sweden", 31, 3_300, "erik", "lead",
         "Cheese that ripens on boards, which wear out."),
    Firm("hurtowniawisla", "Hurtownia Wisła", "WHOLESALE", "Toruń", "Poland", 48, 10_800, "maja", "salesqualifiedlead",
         "Supplies small shops along the river."),
    Firm("lakelandmeats", "Lakeland Meats", "FOOD_AND_BEVERAGES", "Kendal", "United Kingdom", 57, 7_900, "james",
         "opportunity", "Butchers with a plant that the auditors visit every spring."),
    Firm("barvinter", "Bär & Vinter", "FOOD_AND_BEVERAGES", "Luleå", "Sweden", 19, 1_600, "erik", "customer",
         "Frozen cloudberries and lingonberries."),
    Firm("pieczarkimazur", "Pieczarki Mazur", "AGRICULTURE", "Siedlce", "Poland", 110, 13_400, "maja", "customer",
         "Mushrooms, picked three times a week all year."),
    Firm("millstonecafe", "Millstone Coffee", "RETAIL", "Sheffield", "United Kingdom", 41, 3_800, "james",
         "subscriber", "Roastery with eleven cafés."),
    Firm("trafiberab", "Träfiber Norden", "MANUFACTURING", "Karlstad", "Sweden", 210, 33_000, "erik", "other",
         "Makes moulded wood fibre; sometimes a rival, sometimes a partner."),
)  # fmt: skip

PEOPLE = (
    Person("John", "Doe", "orange", "Head of purchasing", "DECISION_MAKER", "+442079460101"),
    Person("Priya", "Nair", "orange", "Plant manager", "CHAMPION", "+442079460102"),
    Person("Owen", "Blake", "orange", "Finance director", "BUDGET_HOLDER", "+442079460103"),
    Person("Hanna", "Ekström", "hagaodling", "Owner", "DECISION_MAKER", "+46701740605"),
    Person("Oskar", "Lund", "hagaodling", "Packing foreman", "END_USER", "+46701740606"),
    Person("Tomasz", "Wiśniewski", "sadowisko", "Chairman", "DECISION_MAKER"),
    Person("Agnieszka", "Zając", "sadowisko", "Head of storage", "CHAMPION"),
    Person("Paweł", "Górski", "sadowisko", "Bookkeeper", "BUDGET_HOLDER"),
    Person("Karin", "Åberg", "brygghuset", "Brewmaster", "CHAMPION", "+46701740607"),
    Person("Nils", "Öhman", "brygghuset", "Managing director", "DECISION_MAKER", "+46701740608"),
    Person("Beata", "Nowicka", "piekarniazloty", "Production manager", "DECISION_MAKER"),
    Person("Krzysztof", "Łukasik", "piekarniazloty", "Dispatch", "END_USER"),
    Person("Rachel", "Hughes", "northmill", "Supply chain director", "DECISION_MAKER", "+442079460104"),
    Person("Ben", "Okafor", "northmill", "Warehouse manager", "CHAMPION", "+442079460105"),
    Person("Lucy", "Marsh", "northmill", "Buyer", "INFLUENCER", "+442079460106"),
    Person("Anders", "Nyström", "fjallfisk", "Site manager", "DECISION_MAKER", "+46701740609"),
    Person("Elin", "Strand", "fjallfisk", "Quality", "INFLUENCER", "+46701740610"),
    Person("Marek", "Dudek", "zielonyrynek", "Market director", "DECISION_MAKER"),
    Person("Ewa", "Sikora", "zielonyrynek", "Tenant relations", "INFLUENCER"),
    Person("Tom", "Carver", "harbourlane", "Partner", "DECISION_MAKER", "+442079460107"),
    Person("Lisa", "Hedman", "norrlogistik", "Fleet manager", "CHAMPION", "+46701740611"),
    Person("Göran", "Wikström", "norrlogistik", "Managing director", "DECISION_MAKER", "+46701740612"),
    Person("Sara", "Holmgren", "norrlogistik", "Wash line", "END_USER", "+46701740613"),
    Person("Jolanta", "Kozłowska", "mleczarniapodlasie", "Technical director", "DECISION_MAKER"),
    Person("Piotr", "Jasiński", "mleczarniapodlasie", "Purchasing", "BUDGET_HOLDER"),
    Person("Dorota", "Walczak", "mleczarniapodlasie", "Quality", "BLOCKER"),
    Person("Emily", "Thorne", "cotswoldherbs", "Grower", "DECISION_MAKER", "+442079460108"),
    Person("Johan", "Solberg", "solbergab", "Owner", "DECISION_MAKER", "+46701740614"),
    Person("Mikael", "Frisk", "solbergab", "Master baker", "INFLUENCER", "+46701740615"),
    Person("Zofia", "Lewandowska", "winnicawzgorze", "Winemaker", "DECISION_MAKER"),
    Person("Grace", "Holt", "pennineflowers", "Director", "DECISION_MAKER", "+442079460109"),
    Person("Sam", "Reddy", "pennineflowers", "Transport", "END_USER", "+442079460110"),
    Person("Amira", "Haddad", "kustfrukt", "Purchasing manager", "CHAMPION", "+46701740616"),
    Person("Lars", "Bengtsson", "kustfrukt", "Managing director", "DECISION_MAKER", "+46701740617"),
    Person("Barbara", "Pietrzak", "spizarniababci", "Owner", "DECISION_MAKER"),
    Person("Adam", "Pietrzak", "spizarniababci", "Sales", "INFLUENCER"),
    Person("Hugo", "Ferreira", "thamesbox", "Operations director", "DECISION_MAKER", "+442079460111"),
    Person("Nadia", "Rahman", "thamesbox", "Packing hall", "END_USER", "+442079460112"),
    Person("Kate", "Simmons", "thamesbox", "Finance", "BUDGET_HOLDER", "+442079460113"),
    Person("Ingrid", "Mårtensson", "osterlensost", "Cheesemaker", "DECISION_MAKER", "+46701740618"),
    Person("Rafał", "Borkowski", "hurtowniawisla", "Owner", "DECISION_MAKER"),
    Person("Monika", "Czarnecka", "hurtowniawisla", "Warehouse", "END_USER"),
    Person("George", "Fell", "lakelandmeats", "Plant director", "DECISION_MAKER", "+442079460114"),
    Person("Alison", "Bray", "lakelandmeats", "Hygiene manager", "BLOCKER", "+442079460115"),
    Person("Sofia", "Lundgren", "barvinter", "Owner", "DECISION_MAKER", "+46701740619"),
    Person("Per", "Isaksson", "barvinter", "Cold store", "END_USER", "+46701740620"),
    Person("Henryk", "Mazur", "pieczarkimazur", "Owner", "DECISION_MAKER"),
    Person("Justyna", "Mazur", "pieczarkimazur", "Logistics", "CHAMPION"),
    Person("Wojciech", "Pawlak", "pieczarkimazur", "Maintenance", "END_USER"),
    Person("Ella", "Fraser", "millstonecafe", "Head of cafés", "INFLUENCER", "+442079460116"),
    Person("Mohammed", "Aziz", "millstonecafe", "Roaster", "END_USER", "+442079460117"),
    Person("Ulf", "Kjellberg", "trafiberab", "Sales director", "INFLUENCER", "+46701740621"),
    Person("Annika", "Roos", "trafiberab", "Product development", "INFLUENCER", "+46701740622"),
    Person("Daniel", "Whyte", "northmill", "Sustainability lead", "INFLUENCER", "+442079460118"),
    Person("Malin", "Sjöberg", "hagaodling", "Accounts", "BUDGET_HOLDER", "+46701740623"),
    Person("Iwona", "Krawczyk", "zielonyrynek", "Accounts", "BUDGET_HOLDER"),
    Person("Fiona", "Gale", "cotswoldherbs", "Dispatch", "END_USER", "+442079460119"),
    Person("Jonas", "Vikander", "kustfrukt", "Ripening", "END_USER", "+46701740624"),
    Person("Magdalena", "Wrona", "sadowisko", "Export", "INFLUENCER"),
    Person("Peter", "Lowe", "lakelandmeats", "Buyer", "BUDGET_HOLDER", "+442079460120"),
)

JOHN_DOE_EMAIL = "johndoe@email.com"


def email_of(person: Person) -> str:
    """A contact's address: John Doe's is his own, everybody else's is at their firm."""
    if (person.first, person.last) == ("John", "Doe"):
        return JOHN_DOE_EMAIL
    return f"{_plain(person.first)}.{_plain(person.last)}@{person.firm}.example"


def _plain(name: str) -> str:
    return name.lower().translate(str.maketrans("ąćęłńóśźżåäöé", "acelnoszzaaoe"))
