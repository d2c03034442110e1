from .person import User
from .role import Role, RoleAssignment
from .unit import BusinessUnit

__all__ = ["BusinessUnit", "Role", "RoleAssignment", "User"]
