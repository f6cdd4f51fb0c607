"""The engine: one thread with a plain asyncio loop that owns what writes, and one thread that reads."""

import asyncio
import queue
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")
JOINS = 1.0  # seconds for a thread that has nothing more to do
TO_END = 0.5  # seconds that a cancelled task has


class Reader:
    """A thread that does one thing after the other. It keeps no process from ending, however long a read takes."""

    def __init__(self) -> None:
        self._asked: queue.SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = queue.SimpleQueue()
        threading.Thread(target=self._run, name="reader", daemon=True).start()

    def submit(self, work: Callable[[], T]) -> "Future[T]":
        """Call a function there."""
        done: Future[T] = Future()
        self._asked.put((done, work))
        return done

    def close(self) -> None:
        """End once what was asked before is done."""
        self._asked.put(None)

    def _run(self) -> None:
        while (asked := self._asked.get()) is not None:
            done, work = asked
            if not done.set_running_or_notify_cancel():
                continue
            try:
                done.set_result(work())
            except BaseException as error:  # noqa: BLE001 - it belongs to whoever asked
                done.set_exception(error)


class LoopThread:
    """Runs coroutines and functions off the caller's loop; what passes between them is frozen values."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._reader = Reader()
        self._thread.start()

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.close()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await a coroutine of the engine's loop from any loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    async def do(self, work: Callable[[], T]) -> T:
        """Call a function on the engine's thread."""

        async def call() -> T:
            return work()

        return await self.run(call())

    async def read(self, work: Callable[[], T]) -> T:
        """Call a function on the reader's thread."""
        return await asyncio.wrap_future(self._reader.submit(work))

    def wake(self, work: Callable[[], None]) -> None:
        """Call a function on the engine's thread, soon."""
        self._loop.call_soon_threadsafe(work)

    async def end(self, last: Coroutine[Any, Any, None], timeout: float) -> None:
        """Do the last thing, then stop both threads; nothing may be awaited any more. What hangs for longer than
        `timeout` seconds goes on by itself, and keeps neither the caller nor the process."""
        self._reader.close()
        done = asyncio.run_coroutine_threadsafe(self._last(last), self._loop)
        await asyncio.wait({asyncio.wrap_future(done)}, timeout=timeout)
        if done.done():
            self._thread.join(JOINS)
            done.result()

    async def _last(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._loop.call_soon(self._loop.stop)

    @staticmethod
    async def cancel_the_rest() -> None:
        """On the engine's loop: all that still runs there is over, but for the caller."""
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        if rest:
            await asyncio.wait(rest, timeout=TO_END)
