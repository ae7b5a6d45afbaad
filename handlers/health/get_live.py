"""ECS asks whether the process answers. Touches nothing."""

from shared.http.endpoint import endpoint_router
from shared.http.health import Live
from shared.http.load import current_load

router = endpoint_router("health")


@router.get("/health/live", summary="Is the process alive?")
async def get_live() -> Live:
    """Answer, without asking anything of the database."""
    return Live(load_step=current_load.step)
