"""Simpul, a headless CMS for the agencies of one city. `create_app()` is its table of contents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin

from cms.accounts.authentication import authenticate_person
from cms.accounts.routes import auth, me, users
from cms.agencies.routes import blp as agencies
from cms.audit.routes import blp as trail
from cms.changes.heads import EXTENSION as LOG_HEAD
from cms.changes.heads import LogHead
from cms.changes.seen_positions import EXTENSION, SeenPositions
from cms.changes.trust import ClockCheck
from cms.cli import commands
from cms.consumers.routes import blp as consumers
from cms.consumers.usage.routes import blp as usage
from cms.content_types import CONTENT_TYPES
from cms.core.bulkhead import Bulkhead
from cms.core.commit_marks import EXTENSION as COMMIT_MARKS
from cms.core.commit_marks import CommitMarks, marks_beside
from cms.core.cursors import Cursors
from cms.core.engines import engine_options, prepare_engine
from cms.core.http.access import Authenticators, check_declarations, check_every_request
from cms.core.http.access_tokens import jwt_settings
from cms.core.http.api import Blueprint
from cms.core.http.ascii_digits import use_ascii_numbers
from cms.core.http.bodies import PatientRequest
from cms.core.http.forwarding import BehindProxies
from cms.core.http.json_output import OrjsonProvider
from cms.core.http.openapi_parts import API_VERSION
from cms.core.http.problems import register_problem_handlers
from cms.core.http.request_head import RequestHead
from cms.core.logging import configure_logging, end_request, start_request
from cms.core.reading import Reader
from cms.core.runtime import Runtime
from cms.core.schema_state import SchemaWatch
from cms.core.secrets import derived_secret
from cms.core.setting_problems import setting_problems
from cms.core.signing_keys import SigningKeys
from cms.core.storage.local import Storage, storage_from_url
from cms.core.transactions import BEFORE_WRITES
from cms.delivery.content_routes import content_blueprint
from cms.delivery.file_routes import file_blueprint
from cms.delivery.go_routes import blp as go
from cms.delivery.media_routes import blp as delivery_media
from cms.delivery.routes import blp as delivery_reference
from cms.editorial.content_types import EXTENSION as REGISTERED_TYPES
from cms.editorial.freezes.routes import blp as freezes
from cms.editorial.images.routes import blp as image_uses
from cms.editorial.previews.routes import pictures
from cms.editorial.registration import RegisteredType, check_types
from cms.editorial.releases.routes import releases
from cms.editorial.review.routes import reviews
from cms.editorial.rollback.routes import blp as rollback
from cms.editorial.routes import preview_blueprint
from cms.erasures.routes import blp as erasures
from cms.erasures.routes import erasure_blueprint
from cms.extensions import api, db, jwt, migrate
from cms.feeds.routes import feed_blueprint
from cms.feeds.types import FeedTypes
from cms.handbook.routes import blp as handbook
from cms.health.routes import blp as service
from cms.language.routes import blp as synonyms
from cms.media.routes import blp as media
from cms.moderation.public_words import look_at_words
from cms.moderation.routes import blp as moderation
from cms.notifications.routes import blueprints as notifications
from cms.offices.routes import blp as offices
from cms.publishing.delivered import DeliveredTypes
from cms.search.routes import search_blueprint
from cms.search.types import EXTENSION as SEARCHED_TYPES
from cms.search.types import SearchedTypes
from cms.serving.admission import admit
from cms.serving.charging import charge_requests
from cms.serving.common_headers import with_common_headers
from cms.serving.cors import answer_browsers
from cms.serving.counting import count_requests
from cms.serving.direct import DirectAnswers
from cms.serving.middleware import AnswerCacheMiddleware
from cms.serving.responding import tell_position
from cms.serving.state import make_serving_state
from cms.sync.routes import sync_blueprint
from cms.taxonomy.routes import blp as taxonomy
from cms.webhooks.routes import blp as webhooks
from cms.webhooks.schemas import MessageSchema
from cms.writing.carrying_out import carry_out_writes
from cms.writing.routes import blp as batch
from config import PROJECT_ROOT, ConfigurationError, Settings

MIGRATIONS = PROJECT_ROOT / "migrations"
NEED_NO_DATABASE = {service.name, handbook.name}


class NoSessions(SecureCookieSessionInterface):
    """No cookies, no sessions: every request carries its own token."""

    def open_session(self, app: Flask, request: Request) -> SessionMixin | None:  # type: ignore[override]
        """Nothing to open."""
        return self.make_null_session(app)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Nothing to save."""


class Application(Flask):
    """Flask without what this application never uses on any request."""

    request_class = PatientRequest
    session_interface = NoSessions()

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return the function: no view is a coroutine, and Flask would check that dozens of times for each request.

        Buys a tenth of the processor time of a computed detail (`python -m bench detail`).
        """
        return func


def blueprints(types: Sequence[RegisteredType]) -> Iterator[Blueprint]:
    """All routes, in the order of the API's document."""
    yield from (
        service,
        handbook,
        auth,
        me,
        *notifications,
        users,
        agencies,
        offices,
        taxonomy,
        synonyms,
        consumers,
        usage,
        webhooks,
    )
    yield from (each.management_blueprint() for each in types)
    yield from (reviews, releases, *(blueprint for each in types for blueprint in each.blueprints))
    yield from (erasure_blueprint(each.resource for each in types), erasures)
    yield from (preview_blueprint(each.resource for each in types), pictures)
    yield from (trail, moderation, freezes, rollback, batch, media, image_uses)
    delivered = DeliveredTypes([each.delivered for each in types])
    yield content_blueprint(delivered)
    yield sync_blueprint(delivered)
    yield from (delivery_reference, delivery_media, file_blueprint(delivered), go)
    yield feed_blueprint(FeedTypes(delivered.types))
    yield search_blueprint(SearchedTypes(delivered.types))


def create_app(settings: Settings | None = None, types: Sequence[RegisteredType] = CONTENT_TYPES) -> Flask:
    """Build the application with these content types.

    Raises `ConfigurationError` when the settings are unsafe, `ValueError` when the content types conflict.
    """
    settings = settings or Settings.from_environ()
    if problems := setting_problems(settings):
        raise ConfigurationError("; ".join(problems))
    configure_logging(settings.log_level)
    app = Application(__name__, instance_path=settings.instance_path, static_folder=None)
    _configure(app, settings)
    _register_types(app, types)
    _bind_extensions(app, settings)
    count_requests(app)
    _follow_requests(app)
    check_every_request(app, Authenticators(management=authenticate_person, delivery=admit))
    register_problem_handlers(app)
    with app.app_context():
        for blueprint in blueprints(types):
            api.register_blueprint(blueprint)
        api.describe_message("change", MessageSchema, "Something that readers see has changed.")
    check_declarations(app)
    carry_out_writes(app)
    _deliver_fast(app, settings)
    if settings.proxy_hops:
        # Around the kept answers, which are counted by address too. Scheme, host and prefix of the proxy are not used: links come from
        # PUBLIC_URL, hosts are checked against TRUSTED_HOSTS.
        app.wsgi_app = BehindProxies(app.wsgi_app, settings.proxy_hops, settings.proxy_header)  # type: ignore[method-assign]
    app.wsgi_app = RequestHead(app.wsgi_app, app, settings.trusted_hosts)  # type: ignore[method-assign]
    app.cli.add_command(commands)
    return app


def _register_types(app: Flask, types: Sequence[RegisteredType]) -> None:
    """Make the content types known to services, and their topics to the log."""
    check_types(types)
    app.extensions[REGISTERED_TYPES] = {each.name: each.resource.content_type for each in types}
    app.extensions[SEARCHED_TYPES] = SearchedTypes([each.delivered for each in types])
    app.extensions[LOG_HEAD] = LogHead({each.name: each.plural for each in types})


def _deliver_fast(app: Flask, settings: Settings) -> None:
    """Answer readers before Flask is entered: from memory, or through the views of the routes."""
    answer_browsers(app)
    tell_position(app)
    charge_requests(app)
    serving = make_serving_state(app, app.extensions["simpul"], app.extensions[LOG_HEAD])
    app.extensions["simpul_delivery"] = serving
    schema = app.extensions["simpul"].schema
    app.wsgi_app = DirectAnswers(app.wsgi_app, app, serving, schema, settings.trusted_hosts)  # type: ignore[method-assign]
    if settings.delivery_cache_bytes:
        app.wsgi_app = AnswerCacheMiddleware(app.wsgi_app, serving, schema)  # type: ignore[method-assign]


def _configure(app: Flask, settings: Settings) -> None:
    app.json = OrjsonProvider(app)
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    use_ascii_numbers(app)
    app.config.update(
        SECRET_KEY=derived_secret(settings.secret_key, "flask"),
        PUBLIC_URL=settings.public_url.rstrip("/"),
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        MAX_CONTENT_LENGTH=settings.max_json_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_json_bytes,
        MAX_FORM_PARTS=50,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(
            settings.database_url, settings.database_pool_size, settings.web_threads
        ),
        API_TITLE="Simpul",
        API_VERSION=API_VERSION,
        OPENAPI_VERSION="3.1.0",
    )


def _bind_extensions(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    migrate.init_app(app, db, directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
    app.config.update(jwt_settings(settings))
    jwt.init_app(app)
    api.init_app(app)
    with app.app_context():
        bulkhead = Bulkhead(settings.web_threads)
        prepare_engine(db.engine, bulkhead)
        app.extensions[COMMIT_MARKS] = CommitMarks(marks_beside(db.engine.url, Path(settings.instance_path)))
        reader = Reader(db.engine)
        signing_keys = SigningKeys(settings.secret_key, reader)
        app.extensions["simpul"] = Runtime(
            settings=settings,
            bulkhead=bulkhead,
            reader=reader,
            signing_keys=signing_keys,
            cursors=Cursors(signing_keys),
            storage=_storage(settings, bulkhead),
            schema=SchemaWatch(str(MIGRATIONS), app.extensions[LOG_HEAD].missing_columns),
            look_at_words=look_at_words,
        )
        app.extensions["simpul"].remember(signing_keys.forget)
        _check_clock(app, app.extensions["simpul"])


def _check_clock(app: Flask, runtime: Runtime) -> None:
    """Refuse writes while the clock cannot be right, or on a database that was restored without a new epoch."""
    check = ClockCheck(runtime.reader)
    seen = app.extensions[EXTENSION] = SeenPositions(Path(runtime.settings.instance_path), runtime.reader)
    app.extensions[BEFORE_WRITES] = (check.before_write, seen.before_write)
    runtime.remember(check.forget)


def _storage(settings: Settings, bulkhead: Bulkhead) -> Storage:
    return storage_from_url(
        settings.storage_url,
        incoming=Path(settings.instance_path) / "incoming",
        access_key=settings.storage_access_key,
        secret_key=settings.storage_secret_key,
        bulkhead=bulkhead,
        for_proxy=bool(settings.files_through_proxy),
    )


def _follow_requests(app: Flask) -> None:
    """Give every request an id that its answer, its log lines and its change lines carry."""
    schema = app.extensions["simpul"].schema

    @app.before_request
    def begin() -> None:
        # The request object itself: access through Flask's proxy is slow, and this runs on every request.
        asked = request._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Werkzeug's documented way
        start_request(asked.headers.get("X-Request-Id"))
        # Health and metrics are answered in any state of the database, and so are pages, which tell what to do.
        if asked.blueprint not in NEED_NO_DATABASE:
            schema.admit()

    @app.after_request
    def finish(answer: Response) -> Response:
        return with_common_headers(answer)

    @app.teardown_request
    def forget(_error: BaseException | None) -> None:
        end_request()
