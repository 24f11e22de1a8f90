"""The extensions, created unbound; `create_app` binds them."""

from flask_migrate import Migrate

from cms.core.access_tokens import AccessTokenManager
from cms.core.api import Api
from cms.core.db import db

__all__ = ["api", "db", "jwt", "migrate"]

migrate = Migrate()
jwt = AccessTokenManager()
api = Api()
