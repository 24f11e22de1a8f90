"""The extensions, created unbound; `create_app` binds them."""

from flask_jwt_extended import JWTManager
from flask_migrate import Migrate

from cms.core.api import Api
from cms.core.db import db

__all__ = ["api", "db", "jwt", "migrate"]

migrate = Migrate()
jwt = JWTManager()
api = Api()
