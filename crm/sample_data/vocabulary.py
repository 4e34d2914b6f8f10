"""Words for large amounts of data: names, firms and sentences of three languages, common and rare."""

import random

FIRST = (
    "Anna", "Erik", "Maja", "Johan", "Karin", "Lars", "Sofia", "Nils", "Ebba", "Göran", "Åsa", "Björn", "Katarzyna",
    "Piotr", "Agnieszka", "Tomasz", "Zofia", "Łukasz", "Małgorzata", "Paweł", "Ewa", "Jakub", "James", "Emma", "Oliver",
    "Grace", "Henry", "Lucy", "George", "Ruth", "Priya", "Amir", "Chen", "Fatima", "Diego", "Noor", "Ivan", "Mei",
)  # fmt: skip
LAST = (
    "Lindqvist", "Sandberg", "Åkesson", "Öberg", "Nyström", "Holm", "Bergström", "Ek", "Sjögren", "Wallin", "Kowalska",
    "Nowak", "Wiśniewski", "Zieliński", "Łukasik", "Górski", "Dąbrowska", "Mazur", "Krawczyk", "Whitfield", "Carter",
    "Hughes", "Marsh", "Okafor", "Reddy", "Fraser", "Lowe", "Thorne", "Haddad", "Petrov", "Moreau", "Silva", "Lin",
)  # fmt: skip
PLACES = (
    ("Stockholm", "Sweden"), ("Göteborg", "Sweden"), ("Malmö", "Sweden"), ("Umeå", "Sweden"), ("Warszawa", "Poland"),
    ("Łódź", "Poland"), ("Kraków", "Poland"), ("Gdańsk", "Poland"), ("London", "United Kingdom"),
    ("Leeds", "United Kingdom"), ("Bristol", "United Kingdom"), ("Glasgow", "United Kingdom"),
)  # fmt: skip
TRADES = (
    "Foods", "Logistik", "Trading", "Bageri", "Growers", "Handel", "Dairy", "Brewery", "Timber", "Tools", "Farm",
    "Hurtownia", "Packing", "Transport", "Sadownictwo", "Fisk", "Energy", "Stores", "Works", "Design",
)  # fmt: skip
TITLES = ("Buyer", "Managing director", "Plant manager", "Head of sales", "Finance director", "Warehouse", "Engineer")
GOODS = ("crates", "trays", "pallets", "lids", "dollies", "racks", "labels", "bins", "baskets", "inlays")
SENTENCES = (
    "They ask for {goods} before the end of the month.",
    "The offer for {count} {goods} was sent this morning.",
    "{name} will come back to us after the meeting on Thursday.",
    "Delivery moved by a week because of the weather.",
    "Price is fine, but the payment terms are not.",
    "The samples broke in the wash; new ones are on their way.",
    "Order {code} is confirmed and planned for production.",
    "Nobody answered, so I left word with reception.",
    "They compare us with two others and decide in June.",
    "Invoice {code} was paid twice and one of them is credited.",
    "{name} is new there and knows us from the last job.",
    "A visit to the plant would help to count the {goods}.",
    "The contract runs until December and is renewed by itself.",
    "Complaint about {count} {goods} with cracked corners.",
    "Send the drawing of the {goods} with the wide handle.",
    "Budget is approved for the next quarter.",
    "Prata med lagret om {goods} innan nästa leverans.",
    "Offert skickad, väntar på besked från inköp.",
    "Proszę o telefon w sprawie zamówienia {code}.",
    "Klient prosi o rabat przy {count} sztukach.",
)


class Words:
    """A source of words that gives the same ones for the same seed."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def name(self) -> tuple[str, str]:
        """A first and a last name."""
        return self._chance.choice(FIRST), self._chance.choice(LAST)

    def firm(self, number: int) -> str:
        """The name of a company; the number keeps it apart from all others."""
        return f"{self._chance.choice(LAST)} {self._chance.choice(TRADES)} {number}"

    def sentences(self, most: int) -> str:
        """One to `most` sentences of plain text."""
        count = self._chance.randint(1, most)
        return " ".join(self._sentence() for _ in range(count))

    def heading(self) -> str:
        """A subject of a few words."""
        return f"{self._chance.choice(GOODS).capitalize()} for {self._chance.choice(LAST)}, {self._code()}"

    def _sentence(self) -> str:
        return self._chance.choice(SENTENCES).format(
            goods=self._chance.choice(GOODS),
            name=self._chance.choice(FIRST),
            count=self._chance.randint(2, 900),
            code=self._code(),
        )

    def _code(self) -> str:
        return f"KT-{self._chance.randrange(1_000_000):06d}"
