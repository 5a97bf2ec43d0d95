"""When the generator, and not the target, was the limit of an arm: the rule, and the ways out as codes (docs/method.md §7).

Three measures, each held against the share of the result that it could have made: the generator may account for a tenth, which
is what the ROPE calls no difference. In `talk` the client's CPU is part of what is compared, and no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchkit.model.load import LoadModel, most_workers
from benchkit.model.notice import Code, Notice, notice
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import ArmSummary, GeneratorLoad
from benchkit.stats.comparison import Comparison
from benchkit.stats.generator import generator_load
from benchkit.stats.sample import Sample, Samples, measured_samples

# In a closed loop an infinitely fast target would have made the arm at most 1 ÷ 0.9 times as fast. In an open load a message
# waits for the generator ρ ÷ (2 (1 − ρ)) times as long as it keeps it busy (Pollaczek and Khinchine): twice at 0.8, 4.5 times
# at 0.9.
MOST_BUSY = {LoadModel.THROUGHPUT: 0.90, LoadModel.OPEN: 0.80}
MOST_QUEUED = 0.10  # beyond it the machine lacks cores, and not the run workers
# Of the messages: the median of the others then lies within some five percentiles of the median of all.
MOST_LAGGED = MOST_LATE = 0.10

Saturated = Mapping[tuple[int, int], ArmSummary]


def limits_of(generator: GeneratorLoad, manifest: Manifest, sample: Sample) -> tuple[Notice, ...]:
    """Each measure over its limit, with the way out; none where the target was the limit, where there is none, or not known."""
    if manifest.arms[sample.arm].transport == "null":
        return ()
    started = sample.started
    return (*_busy(generator, manifest), *_lagged(generator, started), *_late(generator, manifest, started))


def saturated_labels(run: Run) -> tuple[str, ...]:
    """For who shows an arm's numbers without its summary: the names of the saturated ones."""
    manifest, samples = run.manifest, measured_samples(run).values()
    return tuple(
        manifest.label_of(manifest.arms[sample.arm].name, manifest.conditions[sample.condition].name)
        for sample in samples
        if limits_of(generator_load(run, sample), manifest, sample)
    )


def saturated_arms(samples: Samples, arms: Sequence[ArmSummary]) -> Saturated:
    """By (condition, arm); `arms` are those of summarise_arms, in the order of `samples`."""
    return {key: arm for key, arm in zip(samples, arms, strict=True) if arm.saturated}


def saturation_blockers(comparison: Comparison, saturated: Saturated) -> Iterator[Notice]:
    """What a saturated arm shows is the client's own rate: nothing about the path can be read from it, from either side."""
    for index in (comparison.pair.arm, comparison.pair.reference):
        if arm := saturated.get((comparison.condition, index)):
            yield notice(Code.GENERATOR_LIMITED, arm.name)


def _busy(generator: GeneratorLoad, manifest: Manifest) -> Iterator[Notice]:
    most = MOST_BUSY.get(LoadModel(manifest.load["model"]))
    if most is None or generator.cpu is None:
        return
    queued = generator.queued or 0.0
    if generator.cpu + queued > most:
        yield notice(
            Code.PROCESSOR_BUSY, wanted=generator.cpu + queued, queued=queued, most=most,
            ways_out=(*_more_power(queued, manifest), *_less_load(manifest)), workers=manifest.load.get("workers", 1) + 1,
        )  # fmt: skip


def _lagged(generator: GeneratorLoad, started: int) -> Iterator[Notice]:
    if generator.lagged and generator.lagged > MOST_LAGGED * started:
        share, ways_out = generator.lagged / started, ("leave-machine", "do-not-block")
        yield notice(Code.LOOP_STOOD_STILL, share=share, most=MOST_LAGGED, ways_out=ways_out)


def _late(generator: GeneratorLoad, manifest: Manifest, started: int) -> Iterator[Notice]:
    if generator.late > MOST_LATE * started:
        share, ways_out = generator.late / started, ("leave-machine", *_less_load(manifest))
        yield notice(Code.LATE_ALTHOUGH_FREE, share=share, most=MOST_LATE, ways_out=ways_out)


def _more_power(queued: float, manifest: Manifest) -> Iterator[str]:
    """Nothing that the scenario's rules would refuse; a further worker without a core of its own would make it worse."""
    load, cores = manifest.load, manifest.host.get("cores", 0)
    workers, most = load.get("workers", 1), most_workers(cores, load["concurrency"], manifest.messages_per_block)
    if queued > MOST_QUEUED:
        yield "leave-machine"
    elif 0 < cores <= workers:
        yield "more-cores"
    elif workers < min(most.values()) and _apart(manifest):
        yield "more-workers"


def _less_load(manifest: Manifest) -> Iterator[str]:
    load = manifest.load
    if load["model"] == LoadModel.OPEN:
        yield "lower-rate"
    elif load["concurrency"] > load.get("workers", 1):
        yield "lower-concurrency"
    elif _apart(manifest):
        yield "talk"


def _apart(manifest: Manifest) -> bool:
    """No request carries several messages: such requests limit the workers, and do not occur in `talk`."""
    return all(arm.messages_per_request == 1 for arm in manifest.arms)
