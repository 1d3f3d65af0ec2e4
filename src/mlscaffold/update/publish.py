"""An update as a commit: on the branch that is checked out, or on another one without touching the work tree."""

__all__ = ["commit_update", "message", "publish"]

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.git.scratch import Scratch
from mlscaffold.update.apply import next_tree
from mlscaffold.update.plan import UpdatePlan
from mlscaffold.update.write import write_of


def commit_update(plan: UpdatePlan, scratch: Scratch) -> str:
    """Commit an update that was applied without conflicts and return the commit; other staged work stays staged."""
    place = plan.place
    commit = _commit(plan, scratch, message(plan))
    git.move_head(place.top, commit, place.head or "", f"mlscaffold update to {plan.new_version}")
    return commit


def publish(plan: UpdatePlan, scratch: Scratch, branch: str, text: str) -> str:
    """Commit an update on a new branch from HEAD and return the commit; neither work tree nor index is touched.

    Raises:
        UserError: there is such a branch already, or it cannot be called so.
    """
    if not git.is_branch_name(plan.place.top, branch):
        raise UserError(f"{branch!r} is no name for a branch", hint="choose another one for `--branch`")
    commit = _commit(plan, scratch, text)
    try:
        git.make_branch(plan.place.top, branch, commit)
    except git.GitError as problem:
        raise UserError(
            f"the branch {branch} is there already", hint=f"`git branch -D {branch}` removes it, or choose another name"
        ) from problem
    return commit


def _commit(plan: UpdatePlan, scratch: Scratch, text: str) -> str:
    tree = next_tree(write_of(plan), scratch, whole=True, keep=True)
    return git.commit_tree(plan.place.top, tree, plan.place.head or "", text)


def message(plan: UpdatePlan, left: tuple[str, ...] = ()) -> str:
    """Return the commit message: the versions, what the template says of them, and what is left to do."""
    source = plan.target.template.source
    source = "the built-in template" if source == "mlscaffold:builtin" else source
    lines = [f"Update from {source} {plan.old_version} to {plan.new_version}".rstrip(), ""]
    for entry in plan.changelog:
        lines += [f"{entry.version}:", *(f"- {line}" for line in entry.changes), ""]
    changed = [f"- {name}: {old!r} -> {new!r}" for name, (old, new) in plan.target.answers.changed.items()]
    changed += [f"- {name}: {value!r}" for name, value in plan.target.answers.new.items()]
    lines += ["Answers:", *changed, ""] if changed else []
    kept = [f"- {change.path}: {change.reason}" for change in plan.changes if change.action == "keep"]
    lines += ["Kept as the team has it:", *kept, ""] if kept else []
    if left:
        lines += ["Left out, because it conflicts (`mlscaffold update` on this branch offers it again):"]
        lines += [f"- {line}" for line in left]
    return "\n".join(lines).rstrip() + "\n"
