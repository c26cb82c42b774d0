"""Delivery: from an event in the log to a request, its answer, and the next attempt."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import Any

from ..api.webhooks.model import WebhookRow
from ..backends.embedded import Embedded
from ..engine.agenda import Task
from ..engine.errors import ExpectationFailed, SandboxError, shortened
from ..engine.history import Sent
from ..engine.workspace import Workspace
from ..report.lines import subject
from ..report.texts import MOST, first_of, joined
from . import retries
from .disturbances import ActiveDisturbances
from .jobs import Job, Route
from .loops import Home, outside_of_trio
from .messages import Answer, AsyncTarget, Delivery, Message, SyncTarget, WebhookRequest, hand_over
from .targets import APP_HOST, TIMEOUT, UrlTarget, is_url_of_this_machine

_INSIDE: ContextVar[bool] = ContextVar("whether this is code of a program that webhooks have called", default=False)
_MOST_IN_A_ROW = 10_000

Accept = Callable[[Delivery], None]


class Courier:
    """Delivers the events of all workspaces of a server to their webhooks, whenever its lock has been let go.

    Deliveries do not nest: what is caused while one is made, by the program that is called or by another thread, is
    delivered after it, by whoever is delivering. by_webhook, by_url: where requests go instead of the URL. replaced:
    where they went before that. is_paused: nothing is sent. accept: is told of each attempt.
    """

    def __init__(self, backend: Embedded, accept: Accept) -> None:
        self._backend = backend
        self._app = backend.app
        self._accept = accept
        self._home = Home()
        self._task: asyncio.Task[None] | None = None
        self._is_busy = False
        self._handed_to: asyncio.AbstractEventLoop | None = None
        self._foreign: set[str] = set()
        self._given_up: list[Message] = []
        self._local: dict[str, Route] = {}
        self.by_webhook: dict[str, Route] = {}
        self.by_url: dict[str, Route] = {}
        self.replaced: list[Route] = []
        self.active = ActiveDisturbances(self.deliver_now)
        self.is_paused = False
        self._passes = 0.0
        self.may_leave_undelivered = False

    # when

    def __call__(self) -> None:
        """Deliver what is ready, as far as that can be done without waiting for an event loop that runs already."""
        if any(workspace.outbox.ready or self._has_news(workspace) for workspace in self._workspaces()):
            with self._app.lock.quietly:
                self._collect()
                if self._is_held() or self._somebody_delivers() or not self._ready():
                    return
                self._is_busy, self._handed_to = True, None
            outside_of_trio(self._deliver)

    def next_time(self, now: float) -> float | None:
        """When the next message is ready, or something happens that might cause an event."""
        times = [task.due for workspace in self._workspaces() for task in workspace.agenda.tasks[:1]]
        for workspace in self._workspaces():
            if self._has_news(workspace):
                times += [row.visible_at for row in workspace.events.after(workspace.outbox.seen)[:1]]
        return min((at for at in times if at > now), default=None)

    def deliver_now(self, passes: float = 0) -> None:
        """Deliver what is ready: now, or as soon as the caller lets the lock go.

        passes: how many messages may leave although delivery is paused.
        """
        with self._app.lock:
            self._passes = passes if self._ready() else 0

    def waiting(self) -> list[tuple[Workspace, Message]]:
        """The messages that are ready to leave, oldest first."""
        with self._app.lock.quietly:
            self._collect()
            return [(workspace, message) for workspace in self._workspaces() for message in workspace.outbox.ready]

    def lose(self, workspace: Workspace, message: Message) -> None:
        """Never send a message that is ready to leave."""
        workspace.outbox.take(message)
        webhook = workspace[WebhookRow].get(message.webhook_id)
        if webhook is not None:
            now = self._app.clock.timestamp()
            self._app.history.append(
                Sent(now, message.row, webhook.url, message.attempt, "never sent (discard)", is_success=False)
            )

    def _is_held(self) -> bool:
        return self.is_paused and not self._passes

    async def settled(self) -> None:
        """Wait for deliveries on the running event loop; not for those inside which this is called."""
        task = self._task
        if task is not None and not _INSIDE.get() and task.get_loop() is asyncio.get_running_loop():
            await asyncio.wait([task])

    def _somebody_delivers(self) -> bool:
        """Whether a thread or a loop is at it; a loop that was closed before it came to it is not."""
        return self._is_busy and not (self._handed_to is not None and self._handed_to.is_closed())

    def _workspaces(self) -> list[Workspace]:
        return list(self._app.workspaces.values())

    def _has_news(self, workspace: Workspace) -> bool:
        return workspace.outbox.seen != workspace.events.emitted

    def _ready(self) -> bool:
        return any(workspace.outbox.ready for workspace in self._workspaces())

    def _collect(self) -> None:
        """Make a message of each event that shows by now, for each webhook that wants it."""
        for workspace in self._workspaces():
            if not self._has_news(workspace):
                continue
            now = self._app.clock.timestamp()
            outbox, webhooks = workspace.outbox, list(workspace[WebhookRow]) if workspace.has(WebhookRow) else []
            for row in workspace.events.after(outbox.seen) if webhooks else ():
                if row.visible_at > now:
                    break
                outbox.seen = row.number
                for webhook in webhooks:
                    if webhook.wants(row.event_type, row.number):
                        messages, kept = self.active.admit(workspace, Message.about(row, webhook))
                        for outcome in kept:
                            self._app.history.append(Sent(now, row, webhook.url, 1, outcome, is_success=False))
                        for message in messages:
                            outbox.add(message)
            else:
                outbox.seen = workspace.events.emitted

    # one after the other

    def _deliver(self) -> None:
        """Deliver until nothing is ready, or until an event loop has to go on with it."""
        token = _INSIDE.set(True)
        try:
            for job in self._jobs():
                target, loop = job.route.target, self._loop_for(job.route.target)
                if loop is not None:
                    self._put_back(job)
                    self._go_on_at(loop)
                    return
                started = time.perf_counter()
                answer = target.call(job.request) if isinstance(target, SyncTarget) else self._run(target, job.request)
                self._conclude(job, answer, time.perf_counter() - started)
        except BaseException:
            self._is_busy = False
            raise
        finally:
            _INSIDE.reset(token)

    async def _deliver_on_loop(self) -> None:
        _INSIDE.set(True)
        try:
            for job in self._jobs():
                target = job.route.target
                started = time.perf_counter()
                try:
                    answer = (
                        await target.send(job.request)
                        if isinstance(target, AsyncTarget | UrlTarget)
                        else target.call(job.request)
                    )
                except BaseException:
                    self._put_back(job)
                    raise
                self._conclude(job, answer, time.perf_counter() - started)
        except BaseException:
            self._is_busy = False
            raise

    def _loop_for(self, target: AsyncTarget | SyncTarget) -> asyncio.AbstractEventLoop | None:
        """The event loop that runs already and has to call the target; None when it can be called from here."""
        loop = self._home.running()
        if isinstance(target, AsyncTarget) or loop is None:
            return loop
        return loop if isinstance(target, UrlTarget) and loop is _loop_here() else None

    def _go_on_at(self, loop: asyncio.AbstractEventLoop) -> None:
        def begin() -> None:
            self._task = loop.create_task(self._deliver_on_loop())

        self._handed_to = loop
        begin() if loop is _loop_here() else loop.call_soon_threadsafe(begin)

    def _run(self, target: AsyncTarget, request: WebhookRequest) -> Answer:
        return self._home.run(target.send(request))

    def _jobs(self) -> Iterator[Job]:
        """One attempt after the other, until nothing is ready; whoever takes them is no longer busy then."""
        for _ in range(_MOST_IN_A_ROW):
            with self._app.lock.quietly:
                job = self._next_job()
                if job is None:
                    self._is_busy = False
                    return
            yield job
        self._is_busy = False
        self.pause_for_good()

    def pause_for_good(self) -> None:
        """Stop a program that answers each webhook with a call that causes the next event."""
        self.is_paused = True
        self._complain(
            SandboxError(
                f"{_MOST_IN_A_ROW:,} webhooks were delivered without an end: the program under test answers each with "
                "a call that causes another event. Nothing more is sent. Let it ignore events of its own making."
            )
        )

    def _next_job(self) -> Job | None:
        self._collect()
        if self._is_held():
            return None
        for workspace in self._workspaces():
            for message in workspace.outbox.ready:
                workspace.outbox.take(message)
                webhook = workspace[WebhookRow].get(message.webhook_id)
                if webhook is None or webhook.is_disabled:  # then the attempts stop (docs)
                    continue
                route = self._route(webhook)
                if route is not None:
                    self._passes = max(0, self._passes - 1)
                    return Job.of(workspace, message, webhook, route, self.active)
        self._passes = 0
        return None

    def _put_back(self, job: Job) -> None:
        with self._app.lock.quietly:
            job.workspace.outbox.ready = (job.message, *job.workspace.outbox.ready)

    def _route(self, webhook: WebhookRow) -> Route | None:
        """Where the requests of a webhook go; None, and a failed test, when that is no place on this machine."""
        url = webhook.url
        route = self.by_webhook.get(webhook.webhook_id) or self.by_url.get(url) or self._local.get(url)
        if route is None and is_url_of_this_machine(url):
            route = self._local[url] = Route(UrlTarget(url, TIMEOUT))
        if route is None and url not in self._foreign:
            self._foreign.add(url)
            self._complain(
                SandboxError(
                    f"an event was to be sent to the webhook {shortened(url)!r}, and nothing leaves this machine. Say "
                    "which app answers for that address: sandbox.webhooks.route(url, app), with an ASGI or WSGI app or "
                    "the URL of a server on 127.0.0.1; or delete the webhook."
                )
            )
        return route

    # what came of it

    def _conclude(self, job: Job, answer: Answer, seconds: float) -> None:
        """Write down one attempt, and plan the next one if it has failed."""
        message, app = job.message, self._app
        self._accept(
            Delivery(
                message.row,
                job.webhook.webhook_id,
                job.webhook.url,
                message.attempt,
                job.request.headers,
                job.request.body,
                answer.status,
                None if answer.is_success else str(answer),
                seconds,
                app.clock.timestamp(),
                tuple(job.attempt.names),
            )
        )
        why = [*job.attempt.names, *([type(answer.error).__name__] if answer.error is not None else [])]
        outcome = f"{answer} ({', '.join(why)})" if why else str(answer)
        now, url = app.clock.timestamp(), job.webhook.url
        with app.lock.quietly:
            app.history.append(Sent(now, message.row, url, message.attempt, outcome, answer.is_success))
            app.history.trim()
            self._plan(job, answer)
        if answer.error is not None and job.route.raises:
            about = f"{message.row.event_type} {subject(message.row, self._backend.names())}".rstrip()
            answer.error.add_note(
                f"raised by the program under test, when webhooks delivered {about} to it (attempt {message.attempt}). "
                "Let such an exception be a failed attempt and no more: with raise_app_exceptions=False."
            )
            self._complain(answer.error)

    def _plan(self, job: Job, answer: Answer) -> None:
        workspace, message, now = job.workspace, job.message, self._app.clock.timestamp()
        webhook = workspace[WebhookRow].get(message.webhook_id)
        if webhook is None:
            return
        if answer.is_success:
            changed = retries.after_success(webhook)
        else:
            changed = retries.after_failure(webhook, now)
            again = message.again(str(answer), is_excused=bool(job.attempt.names))
            if message.is_copy:
                pass
            elif message.attempt < retries.ATTEMPTS:
                workspace.agenda.plan(now + retries.DELAYS[message.attempt - 1], hand_over, again)
            else:
                self._given_up.append(again)
        if changed is not webhook:
            workspace[WebhookRow].put(changed)
        if changed.is_disabled and not webhook.is_disabled:
            self._app.note("webhook", f"{webhook.url} is disabled: all attempts have failed for 5 days")

    def _complain(self, error: Exception) -> None:
        self._backend.unfinished.problems.append(error)

    def forget_given_up(self) -> None:
        """Forget the messages that were given up."""
        self._given_up.clear()

    # the end

    def left_over(self) -> Iterator[Exception]:
        """What was not delivered at the end of a test; it is forgotten."""
        with self._app.lock.quietly:
            self._collect()
            texts, unmet = list(self._undelivered()), list(self.active.unmet())
            self._given_up.clear()
            for workspace in self._workspaces():
                workspace.outbox.clear()
                workspace.agenda.restore(
                    tuple(task for task in workspace.agenda.tasks if task.function is not hand_over)
                )
        if unmet:
            yield ExpectationFailed("\n".join(first_of(unmet, "disturbances that no delivery met")))
        if texts and not self.may_leave_undelivered:
            yield ExpectationFailed(
                f"{len(texts):,} webhook message(s) were not delivered when the test ended: {joined(texts, MOST)}. Let "
                "time pass for the next attempts with sandbox.clock.run_until_idle(), resume() what is paused, wait "
                "with await sandbox.webhooks.aflush() in async code, or call sandbox.webhooks.allow_undelivered()."
                f"{_about_paths(texts)}"
            )

    def _undelivered(self) -> Iterator[str]:
        for workspace in self._workspaces():
            planned = [task.about[0] for task in workspace.agenda.tasks if _is_retry(task)]
            for message in (*self._given_up, *planned, *self.active.held(workspace), *workspace.outbox.ready):
                webhook = workspace[WebhookRow].get(message.webhook_id)
                if webhook is not None and not webhook.is_disabled and not message.is_excused:
                    said = f"attempt {message.attempt - 1} → {message.failure}" if message.failure else "not sent yet"
                    yield f"{message.row.event_type} to {webhook.url} ({said})"

    def close(self) -> None:
        """End the lifespans of the apps and our own event loop."""
        routes = (*self.replaced, *self.by_webhook.values(), *self.by_url.values()) if self._home.has_own else ()
        for route in routes:
            if isinstance(route.target, AsyncTarget):
                try:
                    self._home.run(route.target.close())
                except Exception as error:  # noqa: BLE001 - it is the app's
                    error.add_note("raised by the program under test at the end of its lifespan")
                    self._complain(error)
        self._home.close()


def _about_paths(texts: Iterable[str]) -> str:
    """The advice for an app in this process that was asked for "/", where it has no route."""
    if not any(f"{APP_HOST}/ (" in text and text.endswith("→ 404)") for text in texts):
        return ""
    return " The app has no route '/'. Give the path of the one it has: deliver_to(app, path='/hooks')."


def _is_retry(task: Task) -> bool:
    return task.function is hand_over


def _loop_here() -> Any:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
