"""What was said: the usual course of a deal, a ticket and a lead, in words that fit any of them.

In the texts `{first}` is the contact, `{me}` the colleague, `{firm}` the company, `{what}` the goods, `{price}` the
amount, `{subject}`, `{content}` and `{answer}` those of a ticket. `**bold**` is bold; a blank line begins a paragraph.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Said(NamedTuple):
    """One activity: `at` is how much of the whole course has passed (0 to 1), `texts` are variants of its body."""

    at: float
    kind: str
    texts: tuple[str, ...]
    heading: str = ""
    values: Mapping[str, Any] = {}


SENT, RECEIVED = {"direction": "EMAIL"}, {"direction": "INCOMING_EMAIL"}
OUT, IN = {"direction": "OUTBOUND"}, {"direction": "INBOUND"}

DEAL_COURSE = (
    Said(0.00, "linkedin_message", (
        "Hello {first}, we met at the packaging fair. May I send you what we do for firms like {firm}?",
        "Thank you for connecting, {first}. I saw that {firm} is about to renew its packaging.",
    ), values=OUT),
    Said(0.04, "email", (
        ("Dear {first},\n\nthank you for your time. You asked about {what}. Attached are drawings and the weights; "
        "every piece can be washed two hundred times.\n\nMay I call on Thursday?\n\n{me}"),
        ("Dear {first},\n\nas promised, the leaflet on {what}. The second page compares the cost per trip with "
        "cardboard.\n\nKind regards\n{me}"),
    ), "About {what}", SENT),
    Said(0.10, "call", (
        "{first} wants **fewer damages** above all; price comes second. Decides together with the management.",
        "Good talk with {first}. They pay for cardboard twice, once to buy it and once to get rid of it.",
        "{first} had ten minutes. Interested, but the current contract runs until the end of the quarter.",
    ), "Needs of {firm}", {"outcome": "CONNECTED", "duration_ms": 840_000, "call_type": "DISCOVERY", **OUT}),
    Said(0.18, "note", (
        "Stacks of eight on a euro pallet, at most 1.8 m high. The gate of their cold store is the limit.",
        "They count trips, not pieces: quote **per trip** with an assumed life of four years.",
        "Washing is done by a contractor. Ask what temperature they use before we promise anything.",
    )),
    Said(0.22, "task", ("Two of each size, with the test report.",), "Send samples to {firm}",
         {"task_type": "TODO", "priority": "MEDIUM"}),
    Said(0.28, "postal_mail", ("A parcel with samples for {what}, and the wash test.",), values=OUT),
    Said(0.34, "email", (
        ("Hello {me},\n\nthe samples arrived and our people have had them in use for a week. The corners hold. Could "
        "the handles be wider?\n\n{first}"),
        "Hi {me},\n\nsamples are here. The foreman likes them, bookkeeping asks for the price.\n\nBest\n{first}",
    ), "Re: About {what}", RECEIVED),
    Said(0.42, "meeting", (
        "Walk through the plant with {first}, then prices. Bring the wide handle.",
        "Show the stacking test, agree on a trial of four weeks.",
    ), "{firm}: presentation on site", {"meeting_type": "DEMONSTRATION", "location_type": "ADDRESS"}),
    Said(0.50, "note", (
        "The trial begins on Monday with 200 pieces. Success means: damages under one per cent.",
        "On site today. The line runs faster than they told us; cycle time is **eleven seconds**.",
    )),
    Said(0.58, "email", (
        ("Dear {first},\n\nour offer for {what}: **{price}**, delivered, in two instalments. It holds for thirty "
        "days.\n\nKind regards\n{me}"),
    ), "Offer: {what}", SENT),
    Said(0.66, "whatsapp", (
        "Photo of the trial after three weeks: no cracks, labels still on.",
        "Can we get twenty more for the late shift?",
    ), values=IN),
    Said(0.74, "call", (
        "They ask for six per cent off. I offered **free delivery** of the second half instead; {first} will ask.",
        "{first} compares us with the old supplier. We are dearer by piece and cheaper by trip.",
    ), "Price of {what}", {"outcome": "CONNECTED", "duration_ms": 1_260_000, "call_type": "NEGOTIATION", **IN}),
    Said(0.82, "call", ("No answer; left word that the contract is ready.",), "Contract",
         {"outcome": "LEFT_VOICEMAIL", "duration_ms": 40_000, **OUT}),
    Said(0.88, "email", (
        "Dear {first},\n\nattached is the contract for {what} with the changes we spoke of on the phone.\n\n{me}",
    ), "Contract: {what}", SENT),
    Said(0.95, "sms", ("Contract received, will be signed by Friday.", "Our lawyer has one question, call me?"),
         values=IN),
)  # fmt: skip

AFTER_WON = (
    Said(0.0, "email", ("Dear {first},\n\nthank you! The first half leaves us in three weeks.\n\n{me}",),
         "Order confirmed", SENT),
    Said(0.3, "call", ("Delivered and counted. {first} is content and would tell others about us.",), "After delivery",
         {"outcome": "CONNECTED", "duration_ms": 420_000, "call_type": "FOLLOW_UP", **OUT}),
    Said(0.9, "note", ("Ask again before the next season: they plan another line.",)),
)  # fmt: skip

AFTER_LOST = (
    Said(0.0, "call", ("{first} called: they decided against it. Friendly; **try again in a year**.",), "Decision",
         {"outcome": "CONNECTED", "duration_ms": 300_000, **IN}),
)  # fmt: skip

UPCOMING = (
    Said(0.0, "task", ("They expect word from us this week.",), "Call {first} about {what}",
         {"task_type": "CALL", "priority": "HIGH"}),
    Said(0.0, "task", ("With the numbers of the trial.",), "Prepare the offer for {firm}",
         {"task_type": "TODO", "priority": "MEDIUM"}),
    Said(0.0, "meeting", ("Open points: delivery dates, deposit, who washes.",), "{firm}: next steps",
         {"meeting_type": "FOLLOW_UP", "location_type": "VIDEO_LINK"}),
)  # fmt: skip

TICKET_COURSE = (
    Said(0.00, "email", ("Hello,\n\n{content}\n\nPlease help.\n{first}",), "{subject}", RECEIVED),
    Said(0.15, "call", ("Spoke with {first} and asked for photos and the batch number.",), "{subject}",
         {"outcome": "CONNECTED", "duration_ms": 480_000, "call_type": "SUPPORT", **OUT}),
    Said(0.40, "note", ("Seen before with an older batch; production knows. **Answer within two days.**",)),
    Said(0.80, "email", ("Dear {first},\n\n{answer}\n\nI am sorry for the trouble.\n{me}",), "Re: {subject}", SENT),
)  # fmt: skip

LEAD_COURSE = (
    Said(0.0, "linkedin_message", ("Hello {first}, you asked for our catalogue. What do you pack today?",), values=OUT),
    Said(0.4, "call", ("No answer, will try in the morning.",), "First call",
         {"outcome": "NO_ANSWER", "duration_ms": 20_000, **OUT}),
    Said(0.8, "email", ("Dear {first},\n\nI tried to reach you. When would ten minutes suit you?\n\n{me}",),
         "A short call?", SENT),
)  # fmt: skip

COMMENTS = (
    "Well done.",
    "Who brings the samples?",
    "I can come along if that helps.",
    "They asked me the same thing last year.",
    "Please put the date into the deal.",
    "Careful, their fiscal year ends in June.",
)
