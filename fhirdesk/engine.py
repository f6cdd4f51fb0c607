"""The engine: one thread with a plain asyncio loop that owns what writes, and one thread that reads."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")


class Engine:
    """Runs coroutines and functions off the caller's loop; what passes between them is frozen values."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="engine", daemon=True)
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="reader")
        self._thread.start()

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
        return await asyncio.get_running_loop().run_in_executor(self._reader, work)

    def wake(self, work: Callable[[], None]) -> None:
        """Call a function on the engine's thread, soon."""
        self._loop.call_soon_threadsafe(work)

    def close(self) -> None:
        """Stop both threads; nothing may be awaited any more."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._reader.shutdown(wait=True)
        if not self._loop.is_running():
            self._loop.close()
