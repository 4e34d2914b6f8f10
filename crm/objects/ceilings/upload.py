"""How large a file can be: a setting of whoever runs the program."""

from crm.config import Config
from crm.messages import N_
from crm.objects.registry import Ceiling, ceilings

ceilings.register(
    Ceiling(
        name="upload",
        label=N_("Megabytes of one upload"),
        limit=Config.from_environment().max_upload_mb,
        consequence=N_("The file is refused and nothing of it kept. KARTOTEK_MAX_UPLOAD_MB allows more."),
        usage=lambda: (),
        position=105,
    )
)
