"""When the generator, and not the target, was the limit of an arm: the rule, and how to mend it (docs/method.md §7).

Three measures, each held against the share of the result that it could have made: the generator may account for a tenth, which
is what the ROPE calls no difference. In `talk` the client's CPU is part of what is compared, and no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from benchkit.model.load import LoadModel, most_workers
from benchkit.model.run import Manifest, Run
from benchkit.model.summary import ArmSummary, GeneratorLoad
from benchkit.stats.comparison import Comparison
from benchkit.stats.generator import generator_load
from benchkit.stats.labels import label_of
from benchkit.stats.sample import Sample, Samples, measured_samples

# In a closed loop an infinitely fast target would have made the arm at most 1 ÷ 0.9 times as fast. In an open load a message
# waits for the generator ρ ÷ (2 (1 − ρ)) times as long as it keeps it busy (Pollaczek and Khinchine): twice at 0.8, 4.5 times
# at 0.9.
MOST_BUSY = {LoadModel.THROUGHPUT: 0.90, LoadModel.OPEN: 0.80}
MOST_QUEUED = 0.10  # beyond it the machine lacks cores, and not the run workers
# Of the messages: the median of the others then lies within some five percentiles of the median of all.
MOST_LAGGED = MOST_LATE = 0.10
_TO_ITSELF = "leave the machine to the run"

Saturated = Mapping[tuple[int, int], ArmSummary]


def limits_of(generator: GeneratorLoad, manifest: Manifest, sample: Sample) -> tuple[str, ...]:
    """Each measure over its limit, with the way out; none where the target was the limit, where there is none, or not known."""
    if manifest.arms[sample.arm].transport == "null":
        return ()
    started = sample.started
    return (*_busy(generator, manifest), *_lagged(generator, started), *_late(generator, manifest, started))


def saturated_labels(run: Run) -> tuple[str, ...]:
    """For who shows an arm's numbers without its summary: the names of the saturated ones."""
    manifest, samples = run.manifest, measured_samples(run).values()
    return tuple(
        label_of(manifest, manifest.arms[sample.arm].name, manifest.conditions[sample.condition].name)
        for sample in samples
        if limits_of(generator_load(run, sample), manifest, sample)
    )


def saturated_arms(samples: Samples, arms: Sequence[ArmSummary]) -> Saturated:
    """By (condition, arm); `arms` are those of summarise_arms, in the order of `samples`."""
    return {key: arm for key, arm in zip(samples, arms, strict=True) if arm.saturated}


def saturation_doubts(comparison: Comparison, saturated: Saturated) -> Iterator[str]:
    """What a saturated arm shows is the client's own rate: nothing about the path can be read from it, from either side."""
    for index in (comparison.pair.arm, comparison.pair.reference):
        if arm := saturated.get((comparison.condition, index)):
            yield f"{arm.name}: the generator was the limit, not the target"


def _busy(generator: GeneratorLoad, manifest: Manifest) -> Iterator[str]:
    most = MOST_BUSY.get(LoadModel(manifest.load["model"]))
    if most is None or generator.cpu is None:
        return
    queued = generator.queued or 0.0
    if generator.cpu + queued > most:
        yield (
            f"its processor was wanted {_percent(generator.cpu + queued)} of the time (in vain, for want of a core, "
            f"{_percent(queued)}; {_mended(most, *_more_power(queued, manifest), *_less_load(manifest))})"
        )


def _lagged(generator: GeneratorLoad, started: int) -> Iterator[str]:
    if generator.lagged and generator.lagged > MOST_LAGGED * started:
        yield (
            f"its event loop stood still for a tenth of the time of {_percent(generator.lagged / started)} of the messages "
            f"({_mended(MOST_LAGGED, _TO_ITSELF, 'let no client block the loop')})"
        )


def _late(generator: GeneratorLoad, manifest: Manifest, started: int) -> Iterator[str]:
    if generator.late > MOST_LATE * started:
        yield (
            f"it started {_percent(generator.late / started)} of the messages over 1 ms late although a connection was free "
            f"({_mended(MOST_LATE, _TO_ITSELF, *_less_load(manifest))})"
        )


def _mended(most: float, *ways_out: str) -> str:
    return "; ".join(filter(None, (f"at most {_percent(most)}", ", or ".join(ways_out))))


def _more_power(queued: float, manifest: Manifest) -> Iterator[str]:
    """Nothing that the scenario's rules would refuse; a further worker without a core of its own would make it worse."""
    load, cores = manifest.load, manifest.host.get("cores", 0)
    workers, most = load.get("workers", 1), most_workers(cores, load["concurrency"], manifest.messages_per_block)
    if queued > MOST_QUEUED:
        yield _TO_ITSELF
    elif 0 < cores <= workers:
        yield "take a machine with more cores"
    elif workers < min(most.values()) and _apart(manifest):
        yield f"set workers = {workers + 1}"


def _less_load(manifest: Manifest) -> Iterator[str]:
    load = manifest.load
    if load["model"] == LoadModel.OPEN:
        yield "set a lower rate_per_s in [load]"
    elif load["concurrency"] > load.get("workers", 1):
        yield "set a lower concurrency in [load]"
    elif _apart(manifest):
        yield 'compare with model = "talk" in [load]'


def _apart(manifest: Manifest) -> bool:
    """No request carries several messages: those that do have a say in who may share the work, and no place in a talk."""
    return all(arm.messages_per_request == 1 for arm in manifest.arms)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
