"""Every setting of an installation: environment variables with the prefix REMBUK_."""

from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an operator may choose; the README's table is generated from these fields."""

    model_config = SettingsConfigDict(env_prefix="REMBUK_", extra="ignore")

    data_dir: Path = Field(Path("var"), description="folder of the database, uploads, keys and jobs")
    database_url: str = Field("", description="SQLAlchemy address; empty means SQLite in the data folder")
    base_url: str = Field("", description="public address, for links in mail; empty means the request's own")
    allowed_hosts: str = Field("", description="further host names that may be asked for, with commas")
    site_name: str = Field("Rembuk", description="name of the installation")
    operator: str = Field("Pemerintah Kabupaten", description="body that runs it, named on the legal pages")
    contact_email: str = Field("", description="address shown on the contact page")
    default_lang: str = Field("id", description="language of a visitor who has not chosen: id or en")
    zone: str = Field("Asia/Jakarta", description="time zone in which dates are shown and entered")
    rest_days: str = Field("5,6", description="weekdays on which no office works: 0 is Monday, 6 is Sunday")
    demo: bool = Field(True, description="demo people and texts; works only on loopback without https, see below")
    secret_key: str = Field("", description="signs links; empty means one made in the data folder")
    master_key: str = Field("", description="makes voters' pseudonyms; empty means one made in the data folder")
    smtp_url: str = Field("", description="smtp://user:password@host:587; empty means mail stays in the outbox")
    mail_from: str = Field("rembuk@localhost", description="sender of mail")
    trusted_proxy: bool = Field(False, description="believe X-Arrived-Us and X-Forwarded-For of a proxy of ours")
    embedded_jobs: bool = Field(True, description="run jobs inside the server; 0 when `./run work` runs")
    settle_seconds: int = Field(60, ge=1, description="how long votes that arrived in time may take to be stored")
    writer_queue: int = Field(1000, ge=1, description="acts that may wait for the writer before 503")
    sign_in_attempts: int = Field(
        10,
        ge=1,
        description="failed sign-ins in 15 minutes to one account from one address; "
        "5 times as many to one account from all, 20 times as many from one address to all",
    )
    max_upload_mb: int = Field(10, ge=1, description="largest file that may be uploaded, in MB")
    holds: int = Field(2000, ge=1, description="texts kept for people whose session ended while writing")

    @field_validator("zone")
    @classmethod
    def known_zone(cls, name: str) -> str:
        """Refuse a time zone that does not exist."""
        try:
            ZoneInfo(name)
        except ZoneInfoNotFoundError:
            raise ValueError("no such time zone") from None
        return name

    @field_validator("rest_days")
    @classmethod
    def known_days(cls, days: str) -> str:
        """Refuse what is no weekday, and a week without a working day."""
        named = [day.strip() for day in days.split(",") if day.strip()]
        if not set(named) < set("0123456"):
            raise ValueError("weekdays from 0 to 6 with commas, and not all of them")
        return ",".join(named)

    @field_validator("default_lang")
    @classmethod
    def known_lang(cls, code: str) -> str:
        """Refuse a language there is no catalogue for."""
        if code not in ("id", "en"):
            raise ValueError("id or en")
        return code

    @property
    def database(self) -> str:
        """The address of the database, with the default filled in."""
        return self.database_url or f"sqlite:///{self.data_dir / 'rembuk.db'}"

    def demo_allowed(self, host: str) -> bool:
        """Demo people exist only on loopback and never behind https."""
        return self.demo and is_loopback(host) and urlsplit(self.base_url).scheme != "https"


def is_loopback(host: str) -> bool:
    """Say whether a host name or address can be reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process, read once."""
    return Settings()
