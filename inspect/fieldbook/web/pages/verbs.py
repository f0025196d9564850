"""问题: the verbs that can be said to one finding at the desk. One form, one act, one command."""

from collections.abc import Callable
from uuid import UUID

from flask import redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from fieldbook import findings
from fieldbook.kernel import Refusal, db

from .. import filters, said
from ..doors import LOGIN, acting, needs, standing
from .finding import bp as bp
from .finding import page


def _route(verb: str) -> Callable[[UUID], ResponseReturnValue]:
    """The route of one verb: the page again, with the refusal's sentence beside what was typed when the answer is no."""

    @needs(LOGIN)
    def say(finding_id: UUID) -> ResponseReturnValue:
        by_script = request.headers.get("X-Requested-With") == "fieldbook"
        try:
            command = said.command_of(verb)
            with acting() as act:
                said.still_as_seen(act, finding_id)
                command(act, standing(), finding_id)
        except Refusal as refusal:
            db.session.rollback()
            if isinstance(refusal, findings.NoSuchFinding) or by_script:
                raise
            sentence, typed = said.typed(verb, refusal)
            return page(finding_id, said=sentence, typed=typed, status=refusal.status)
        if by_script:
            return "", 204
        finding = findings.by_id(db.session(), [finding_id])[finding_id]
        if not findings.sees(standing(), finding):  # it is somebody else's now
            session[said.DONE] = {"verb": verb, "count": 1, "number": finding.number, "failed": [], "undo": False}
            return redirect(filters.asked_findings(request.args).at(), 303)
        query = filters.asked_findings(request.args).query()
        return redirect(url_for(".show", finding_id=finding_id) + (f"?{query}" if query else ""), 303)

    say.__doc__ = f"{verb}: one form, one command."
    return say


# who may say which of them is the findings' own business
for verb in findings.OFFERED:
    bp.add_url_rule(f"/findings/<uuid:finding_id>/{verb}", verb, _route(verb), methods=["POST"])
