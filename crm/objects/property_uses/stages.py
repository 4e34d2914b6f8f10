"""The stages that ask for a property before a record comes into them (SPEC 2.9)."""

from collections.abc import Iterable

from crm.messages import N_, Message
from crm.objects.registry import PropertyUse, Use, property_uses
from crm.objects.schema import ObjectType, Property

TEXT = N_("The stage “%(stage)s” of “%(pipeline)s” requires it")


def _find(kind: ObjectType, prop: Property) -> Iterable[Use]:
    for pipeline in kind.pipelines:
        url = f"/settings/objects/{kind.plural_name}/pipelines/{pipeline.name}"
        for stage in pipeline.stages:
            if prop.name in stage.required:
                yield Use(Message(TEXT, stage=stage.label, pipeline=pipeline.label), f"{url}/stages/{stage.name}")


property_uses.register(PropertyUse("stages", N_("Stages"), _find, position=40))
