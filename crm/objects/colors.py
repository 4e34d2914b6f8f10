"""The colours an option or a stage may have."""

from crm.messages import N_

COLOR_LABELS = {
    "gray": N_("Gray"),
    "blue": N_("Blue"),
    "green": N_("Green"),
    "yellow": N_("Yellow"),
    "orange": N_("Orange"),
    "red": N_("Red"),
    "purple": N_("Purple"),
}
COLOR_CHOICES = (("", N_("None")), *COLOR_LABELS.items())
"""What a control for a colour offers: (value, label), no colour first."""
