"""What each role needs of the machine that it runs on, with where each number comes from.

Springtail publishes no sizing guide. What it keeps in memory is read off its shipped settings; the minima are ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from wizard.blueprints.springtail.answers import Storage


@dataclass(frozen=True, slots=True)
class Cache:
    """Memory that a service of the role fills up to `mib` and then keeps."""

    name: str
    mib: int


@dataclass(frozen=True, slots=True)
class RoleNeeds:
    """A role's needs. Below `vcpu` and `memory_mib` it runs, but badly; `reserve_mib` is what the system itself takes.

    `steady` says that the role works all the time, so that CPU credits of burstable types would run out.
    """

    role: str
    vcpu: int
    memory_mib: int
    caches: tuple[Cache, ...]
    reserve_mib: int
    storage: tuple[Storage, ...]
    steady: bool

    @property
    def cache_mib(self) -> int:
        """The sum of the caches."""
        return sum(cache.mib for cache in self.caches)


# From `prod.system.settings.json` of Springtail's public repository (commit 80d44f2):
_WRITE_CACHE = Cache("write cache", 2560)  # write_cache.memory_high_watermark_bytes = 2684354560
_READER_QUEUE = Cache("log reader's queue", 128)  # log_mgr.reader_queue_mem_high_watermark = 134217728
_SHARED_MEMORY = Cache("schema caches", 24)  # sys_tbl_mgr.{roots,schema,usertype}_shm_cache_size = 10 + 10 + 4 MiB
# storage.data_cache_size = 16384 extents, of at most 64 KiB each (constant::MAX_EXTENT_SIZE in its sources).
_DATA_CACHE = Cache("data cache", 1024)

#: Ours: kernel, page cache, the agents, and on ingestion the least that ZFS's own cache is any good with.
_RESERVE_MIB = 1024

NEEDS: Mapping[str, RoleNeeds] = MappingProxyType(
    {
        # Ours: log reader, committer, indexer and three RPC servers beside each other; twice the caches, and then room
        # for ZFS. The reference ran it on 2 GiB, less than its write cache alone.
        "ingestion": RoleNeeds(
            role="ingestion",
            vcpu=4,
            memory_mib=16 * 1024,
            caches=(_WRITE_CACHE, _DATA_CACHE, _READER_QUEUE, _SHARED_MEMORY),
            reserve_mib=_RESERVE_MIB,
            storage=(Storage.EBS, Storage.NVME),
            steady=True,
        ),
        # Ours: proxy.threads is 4 in the settings, two to a vCPU; it caches nothing of note.
        "proxy": RoleNeeds(
            role="proxy",
            vcpu=2,
            memory_mib=4 * 1024,
            caches=(),
            reserve_mib=_RESERVE_MIB,
            storage=(Storage.EBS,),
            steady=False,
        ),
        # Ours: a PostgreSQL that reads through the data cache over NFS. At least one such cache: each server process
        # may come to have its own.
        "fdw": RoleNeeds(
            role="fdw",
            vcpu=2,
            memory_mib=8 * 1024,
            caches=(_DATA_CACHE, _SHARED_MEMORY),
            reserve_mib=_RESERVE_MIB,
            storage=(Storage.EBS,),
            steady=False,
        ),
    }
)
