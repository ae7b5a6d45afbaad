"""The picture of a spike for docs/operations.md: who served, who was turned away, and the weights."""

from pathlib import Path

from tests.support.spike import MINUTE_S, SERVED, Spike


def told(spike: Spike, began_at: int) -> str:
    """Return what came of a spike that began at this minute, as docs/operations.md says it."""
    away = spike.failed()
    lasted = max(each.at_s for each in away) / MINUTE_S - began_at
    back = spike.minutes[-1].at_s / MINUTE_S - began_at
    return (
        f"{len(spike.answered) - len(away):,} votes served, {len(away):,} turned away, "
        f"absorbed after {lasted:.1f} minutes, back after {back:.1f}"
    )


def draw(spike: Spike, picture: Path, title: str) -> None:
    """Draw requests a second and the servers' share over the minutes of the alarms."""
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "ovation"
    from matplotlib import pyplot

    minutes = range(int(max(each.at_s for each in spike.answered) / MINUTE_S) + 1)
    by_servers = [_rate(spike, minute, "servers", served=True) for minute in minutes]
    by_functions = [_rate(spike, minute, "functions", served=True) for minute in minutes]
    away = [_rate(spike, minute, "servers", served=False) for minute in minutes]
    figure, (rates, shares) = pyplot.subplots(
        2, 1, sharex=True, figsize=(8, 5), height_ratios=(2, 1)
    )
    rates.stackplot(
        minutes,
        by_servers,
        by_functions,
        away,
        labels=("served by servers", "served by functions", "turned away"),
        colors=("#2a7f62", "#6ba3d6", "#c8553d"),
    )
    seen = [each.at_s / MINUTE_S for each in spike.minutes]
    rates.plot(
        seen,
        [each.capacity for each in spike.minutes],
        color="black",
        linestyle="dashed",
        label="what the servers bear",
    )
    rates.set_title(title, fontsize="small")
    rates.set_ylabel("requests a second")
    rates.legend(loc="upper left", fontsize="small")
    shares.step(seen, [each.server_weight for each in spike.minutes], where="post", color="#2a7f62")
    shares.set_ylabel("servers' weight")
    shares.set_xlabel("minutes of the alarms")
    shares.set_ylim(0, 105)
    figure.tight_layout()
    figure.savefig(picture, metadata={"Date": None})
    pyplot.close(figure)


def _rate(spike: Spike, minute: int, by: str, *, served: bool) -> float:
    found = [
        each
        for each in spike.answered
        if int(each.at_s / MINUTE_S) == minute
        and each.by == by
        and (each.status == SERVED) == served
    ]
    return len(found) / MINUTE_S
