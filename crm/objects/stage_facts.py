"""What an object keeps of each of its stages: when records came and went, and how long they were there (SPEC 2.7)."""

from collections.abc import Iterable
from dataclasses import dataclass

from crm.messages import N_, Message, Phrase
from crm.objects.schema import Pipeline, stage_slug

IN_PIPELINE = N_("%(stage)s (%(pipeline)s)")


@dataclass(frozen=True)
class StageFact:
    """One of the four properties of each stage: how its name begins, and its label around the stage's."""

    prefix: str
    label: str
    type: str

    def name_for(self, slug: str) -> str:
        """The name of this property for the stage with `slug`."""
        return self.prefix + slug

    def label_for(self, stage_label: str, pipeline_label: str) -> Phrase:
        """What this property of a stage is called, where its pipeline is not seen."""
        return Phrase(Message(self.label, stage=Message(IN_PIPELINE, stage=stage_label, pipeline=pipeline_label)))


ENTERED = StageFact("hs_v2_date_entered_", N_("Date entered “%(stage)s”"), "date_time")
EXITED = StageFact("hs_v2_date_exited_", N_("Date exited “%(stage)s”"), "date_time")
LATEST_TIME = StageFact("hs_v2_latest_time_in_", N_("Latest time in “%(stage)s”"), "number")
CUMULATIVE_TIME = StageFact("hs_v2_cumulative_time_in_", N_("Cumulative time in “%(stage)s”"), "number")
STAGE_FACTS = (ENTERED, EXITED, LATEST_TIME, CUMULATIVE_TIME)
# A column has at most 63 characters.
LONGEST_SLUG = 63 - max(len(fact.prefix) for fact in STAGE_FACTS)


def fact_labels(pipelines: Iterable[Pipeline]) -> dict[str, Phrase]:
    """What the properties of all stages are called, by name."""
    return {
        fact.name_for(stage_slug(stage.name)): fact.label_for(stage.label, pipeline.label)
        for pipeline in pipelines
        for stage in pipeline.stages
        for fact in STAGE_FACTS
    }
