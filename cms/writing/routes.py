"""`/manage/v1/batch`: several writes in one request."""

from __future__ import annotations

from typing import Any

from cms.core.http.access import requires
from cms.core.http.answers import Answer, whole_answer
from cms.core.http.api import Blueprint
from cms.core.http.schemas import one
from cms.core.permissions import Permission
from cms.writing.batch import PATH, carry_out_batch, render_result
from cms.writing.schemas import BatchResultSchema, BatchSchema

blp = Blueprint("batch", __name__, url_prefix=PATH, description="Several writes in one request.")


@blp.route("", methods=["POST"])
@requires(Permission.ACCOUNT_OWN)
@blp.arguments(BatchSchema)
@blp.response(200, one(BatchResultSchema))
@blp.problems(400, 401, 403, 409, 413, 415, 422, 503)
def send_batch(body: dict[str, Any]) -> Answer:
    """Carry out up to 100 writes in one transaction.

    Each operation is judged as if it were sent alone: same routes, schemas, rights and versions. With `atomic` (default) the first
    one that is refused undoes all: 409 `batch_failed`, whose `results` tell which and why. Without, what is refused leaves no
    trace and the others are done: 200, look at each `status`. Later operations see what earlier ones did: create with PUT under
    ids of your own and refer to them. Signing in, uploads and batches cannot be operations. `dry_run` and `Idempotency-Key` are
    for the batch as a whole.
    """
    results = carry_out_batch(body["operations"], atomic=body["atomic"])
    shown = [render_result(result) for result in results]
    failed = sum(result.is_failure for result in results)
    return whole_answer({"atomic": body["atomic"], "failed": failed, "results": shown})
