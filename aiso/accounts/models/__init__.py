from .person import User
from .role import Role, RoleAssignment
from .token import ApiToken
from .unit import BusinessUnit

__all__ = ["ApiToken", "BusinessUnit", "Role", "RoleAssignment", "User"]
