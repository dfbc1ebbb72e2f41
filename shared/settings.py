"""Settings: one typed table, read from `TAILRACE_*` environment variables.

Every field is documented in docs/settings.md; a test holds the two together.
"""

from __future__ import annotations

import os
import secrets
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

CHECKOUT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """All settings, with their defaults; times are in seconds."""

    model_config = SettingsConfigDict(env_prefix="TAILRACE_", extra="ignore", frozen=True)

    host: str = Field("127.0.0.1", description="Address the API listens on.")
    port: int = Field(8000, ge=1, le=65535, description="Port of the page and the API.")
    flower_port: int = Field(5555, ge=1, le=65535, description="Port of Flower (loopback only).")
    flower_basic_auth: SecretStr | None = Field(
        None,
        description="`user:password` of Flower, needed to bind it elsewhere. Unset: one is made.",
    )
    redis_url: SecretStr | None = Field(
        None, description="A Redis or Valkey server to use. Unset: an embedded Valkey is started."
    )
    valkey_port: int = Field(
        6390, ge=1, le=65535, description="Loopback port of the embedded Valkey."
    )
    data_dir: Path = Field(
        CHECKOUT / ".tailrace", description="Everything Tailrace keeps: Valkey's data, tables."
    )
    datasets_dir: Path = Field(
        CHECKOUT / "data",
        description="Files, folders and prefixes that are tables anybody may ask about.",
    )
    synonyms_file: Path | None = Field(
        None,
        description="Your own words for all tables. Unset: `synonyms.toml` in the data directory.",
    )
    upload_limit_mb: int = Field(
        2048, ge=1, description="The largest file that may be uploaded, in MB."
    )
    uploads_per_owner: int = Field(
        50, ge=0, description="How many uploaded tables one person may have; 0: no uploads."
    )
    upload_deadline_s: float = Field(
        1800.0, gt=0, description="Reading an uploaded file fails when it takes longer."
    )
    require_landlock: bool = Field(
        True,  # noqa: FBT003 - the default
        description="Without Landlock in the kernel, run no queries and read no files.",
    )
    streams_per_owner: int = Field(
        100, ge=1, description="Streams and waiting polls one person may have open per API process."
    )
    streams_per_process: int = Field(
        15_000, ge=1, description="Streams and waiting polls one API process holds open."
    )
    worker_concurrency: int = Field(8, ge=1, le=1000, description="Jobs one worker runs at a time.")
    worker_pool: Literal["threads", "prefork"] = Field(
        "threads", description="Whether jobs of a worker share a process or each has its own."
    )
    worker_grace_s: float = Field(
        20.0, ge=0, description="How long a worker that is told to end lets its jobs finish."
    )
    user_max_active: int = Field(
        20, ge=1, description="Unfinished jobs one user may have; more are refused with 429."
    )
    queue_max: int = Field(
        10_000, ge=1, description="Unfinished jobs of all users; more are refused with 503."
    )
    result_ttl_s: int = Field(
        300, ge=1, description="How long a job's log is kept after its terminal event."
    )
    conversation_ttl_days: int = Field(
        30, ge=1, description="How long a conversation is kept after its last question or answer."
    )
    conversations_mb: int = Field(
        256,
        ge=1,
        description="Room for all conversations in Valkey; beyond, those unused longest go.",
    )
    lease_s: float = Field(10.0, gt=0, description="How long an attempt lives without heartbeat.")
    heartbeat_s: float = Field(2.0, gt=0, description="How often a worker renews its leases.")
    job_deadline_s: float = Field(300.0, gt=0, description="A job older than this fails.")
    max_attempts: int = Field(3, ge=1, description="Attempts before a job fails for good.")
    openai_base_url: str | None = Field(
        None, description="Any OpenAI-compatible server; setting it or the key turns models on."
    )
    openai_api_key: SecretStr | None = Field(None, description="Key for that server.")
    openai_model: str = Field("gpt-4.1-mini", description="Model to ask.")
    openai_timeout_s: float = Field(20.0, gt=0, description="Longest silence of the model.")
    openai_budget_tokens: int = Field(
        50_000, ge=1, description="Tokens after which an attempt asks the model no more."
    )
    openai_budget_s: float = Field(
        60.0, gt=0, description="Time after which an attempt waits for the model no more."
    )
    openai_usd_per_million_in: float | None = Field(
        None, ge=0, description="Price of a million tokens sent, to tell what an answer cost."
    )
    openai_usd_per_million_out: float | None = Field(
        None, ge=0, description="Price of a million tokens received."
    )
    secret_key: SecretStr | None = Field(
        None, description="Signs the owner cookie. Unset: generated and kept in the data directory."
    )

    @property
    def words_path(self) -> Path:
        """The file of own words, whether or not there is one."""
        return self.synonyms_file or self.data_dir / "synonyms.toml"

    @cached_property
    def broker_url(self) -> str:
        """Where Redis or Valkey is: `redis_url`, or the embedded server with its own password."""
        if self.redis_url is not None:
            return self.redis_url.get_secret_value()
        return f"redis://:{self.kept_secret('valkey.secret')}@127.0.0.1:{self.valkey_port}/0"

    @cached_property
    def signing_key(self) -> str:
        """The key that signs cookies."""
        if self.secret_key is not None:
            return self.secret_key.get_secret_value()
        return self.kept_secret("cookie.secret")

    def kept_secret(self, name: str) -> str:
        """A random secret in the data directory, made on first use; safe against a race."""
        path = self.data_dir / name
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = path.with_suffix(f".{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(32))
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return path.read_text()
