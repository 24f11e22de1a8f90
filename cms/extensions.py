"""The extensions, created unbound; `create_app` binds them."""

from flask_migrate import Migrate

from cms.core.db import db
from cms.core.http.access_tokens import AccessTokenManager
from cms.core.http.api import Api

__all__ = ["api", "db", "jwt", "migrate"]

migrate = Migrate()
jwt = AccessTokenManager()
api = Api()
