"""What the audit log can tell, and in which words."""

from enum import StrEnum

from crm.messages import N_


class Action(StrEnum):
    """One kind of entry; the value is stored."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_FLOOD = "sign_in_flood"
    SIGNED_OUT = "signed_out"
    SESSION_ENDED = "session_ended"
    SESSIONS_ENDED = "sessions_ended"
    SET_UP = "set_up"
    USER_ADDED = "user_added"
    USER_INVITED = "user_invited"
    INVITATION_RENEWED = "invitation_renewed"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    INVITATION_ACCEPTED = "invitation_accepted"
    USER_CHANGED = "user_changed"
    USER_DEACTIVATED = "user_deactivated"
    USER_REACTIVATED = "user_reactivated"
    RECORDS_HANDED_OVER = "records_handed_over"
    RESET_LINK_MADE = "reset_link_made"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of an action
    PASSWORD_RESET = "password_reset"  # noqa: S105 - the name of an action
    TEAM_CREATED = "team_created"
    TEAM_RENAMED = "team_renamed"
    TEAM_DELETED = "team_deleted"
    PERMISSION_SET_CREATED = "permission_set_created"
    PERMISSION_SET_CHANGED = "permission_set_changed"
    PERMISSION_SET_DELETED = "permission_set_deleted"
    OBJECT_CREATED = "object_created"
    OBJECT_CHANGED = "object_changed"
    OBJECT_REMOVED = "object_removed"
    PROPERTY_CREATED = "property_created"
    PROPERTY_CHANGED = "property_changed"
    PROPERTY_RETYPED = "property_retyped"
    PROPERTY_ARCHIVED = "property_archived"
    PROPERTY_RESTORED = "property_restored"
    PROPERTY_REMOVED = "property_removed"
    PROPERTY_EXPORTED = "property_exported"
    OPTIONS_CHANGED = "options_changed"
    GROUPS_CHANGED = "groups_changed"
    TWO_FACTOR_ON = "two_factor_on"
    TWO_FACTOR_OFF = "two_factor_off"
    TWO_FACTOR_RESET = "two_factor_reset"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    RECOVERY_CODE_USED = "recovery_code_used"
    VIEWING_STARTED = "viewing_started"
    VIEWING_ENDED = "viewing_ended"
    AUDIT_EXPORTED = "audit_exported"
    PIPELINE_CREATED = "pipeline_created"
    PIPELINE_CHANGED = "pipeline_changed"
    PIPELINES_REORDERED = "pipelines_reordered"
    PIPELINE_DELETED = "pipeline_deleted"
    STAGE_ADDED = "stage_added"
    STAGE_CHANGED = "stage_changed"
    STAGES_REORDERED = "stages_reordered"
    STAGE_DELETED = "stage_deleted"
    STAGES_KEPT = "stages_kept"
    LAYOUT_CREATED = "layout_created"
    LAYOUT_CHANGED = "layout_changed"
    LAYOUT_RESET = "layout_reset"
    LAYOUT_DELETED = "layout_deleted"
    ACCOUNT_SETTING_CHANGED = "account_setting_changed"
    RECORD_DELETED_FOR_GOOD = "record_deleted_for_good"
    PICTURE_CHANGED = "picture_changed"
    RECORD_EXPORTED = "record_exported"
    TABLE_EXPORTED = "table_exported"
    LABEL_CREATED = "label_created"
    LABEL_RENAMED = "label_renamed"
    LABEL_DELETED = "label_deleted"
    ASSOCIATION_LIMIT_CHANGED = "association_limit_changed"
    RULE_CHANGED = "rule_changed"
    RULES_RESET = "rules_reset"
    BULK_BEGUN = "bulk_begun"
    BULK_UNDONE = "bulk_undone"
    VIEW_CREATED = "view_created"
    VIEW_CHANGED = "view_changed"
    VIEW_DELETED = "view_deleted"
    VIEW_RESTORED = "view_restored"
    LIST_CREATED = "list_created"
    LIST_CHANGED = "list_changed"
    LIST_DELETED = "list_deleted"
    LIST_RESTORED = "list_restored"
    DEFAULT_TABS_CHANGED = "default_tabs_changed"


LABELS = {
    Action.SIGNED_IN: N_("Signed in"),
    Action.SIGN_IN_FAILED: N_("Sign-in failed"),
    Action.SIGN_IN_FLOOD: N_("Too many failed sign-ins; further ones of this hour are not listed"),
    Action.SIGNED_OUT: N_("Signed out"),
    Action.SESSION_ENDED: N_("Signed a browser out"),
    Action.SESSIONS_ENDED: N_("Signed all other browsers out"),
    Action.SET_UP: N_("Set Kartotek up"),
    Action.USER_ADDED: N_("Added a user"),
    Action.USER_INVITED: N_("Invited a user"),
    Action.INVITATION_RENEWED: N_("Made a new invitation link"),
    Action.INVITATION_WITHDRAWN: N_("Withdrew an invitation"),
    Action.INVITATION_ACCEPTED: N_("Accepted the invitation"),
    Action.USER_CHANGED: N_("Changed a user"),
    Action.USER_DEACTIVATED: N_("Deactivated a user"),
    Action.USER_REACTIVATED: N_("Reactivated a user"),
    Action.RECORDS_HANDED_OVER: N_("Handed somebody's records over"),
    Action.RESET_LINK_MADE: N_("Made a password reset link"),
    Action.PASSWORD_CHANGED: N_("Changed the password"),
    Action.PASSWORD_RESET: N_("Set a new password by link"),
    Action.TEAM_CREATED: N_("Created a team"),
    Action.TEAM_RENAMED: N_("Renamed a team"),
    Action.TEAM_DELETED: N_("Deleted a team"),
    Action.PERMISSION_SET_CREATED: N_("Created a permission set"),
    Action.PERMISSION_SET_CHANGED: N_("Changed a permission set"),
    Action.PERMISSION_SET_DELETED: N_("Deleted a permission set"),
    Action.OBJECT_CREATED: N_("Created an object"),
    Action.OBJECT_CHANGED: N_("Changed an object"),
    Action.OBJECT_REMOVED: N_("Removed an object"),
    Action.PROPERTY_CREATED: N_("Created a property"),
    Action.PROPERTY_CHANGED: N_("Changed a property"),
    Action.PROPERTY_RETYPED: N_("Changed the type of a property"),
    Action.PROPERTY_ARCHIVED: N_("Archived a property"),
    Action.PROPERTY_RESTORED: N_("Restored a property"),
    Action.PROPERTY_REMOVED: N_("Removed an archived property for good"),
    Action.PROPERTY_EXPORTED: N_("Exported properties"),
    Action.OPTIONS_CHANGED: N_("Changed the options of a property"),
    Action.GROUPS_CHANGED: N_("Changed the groups of properties"),
    Action.TWO_FACTOR_ON: N_("Turned two-factor sign-in on"),
    Action.TWO_FACTOR_OFF: N_("Turned two-factor sign-in off"),
    Action.TWO_FACTOR_RESET: N_("Reset somebody's two-factor sign-in"),
    Action.RECOVERY_CODES_MADE: N_("Made new recovery codes"),
    Action.RECOVERY_CODE_USED: N_("Signed in with a recovery code"),
    Action.VIEWING_STARTED: N_("Began to view as another user"),
    Action.VIEWING_ENDED: N_("Stopped viewing as another user"),
    Action.AUDIT_EXPORTED: N_("Exported the audit log"),
    Action.PIPELINE_CREATED: N_("Created a pipeline"),
    Action.PIPELINE_CHANGED: N_("Changed a pipeline"),
    Action.PIPELINES_REORDERED: N_("Reordered pipelines"),
    Action.PIPELINE_DELETED: N_("Deleted a pipeline"),
    Action.STAGE_ADDED: N_("Added a stage"),
    Action.STAGE_CHANGED: N_("Changed a stage"),
    Action.STAGES_REORDERED: N_("Reordered stages"),
    Action.STAGE_DELETED: N_("Deleted a stage"),
    Action.STAGES_KEPT: N_("Kept stages whose records could not be moved"),
    Action.LAYOUT_CREATED: N_("Made a view of record pages"),
    Action.LAYOUT_CHANGED: N_("Changed a view of record pages"),
    Action.LAYOUT_RESET: N_("Reset the default view of record pages"),
    Action.LAYOUT_DELETED: N_("Deleted a view of record pages"),
    Action.ACCOUNT_SETTING_CHANGED: N_("Changed a setting of the account"),
    Action.RECORD_DELETED_FOR_GOOD: N_("Deleted a record for good"),
    Action.PICTURE_CHANGED: N_("Changed the picture of a record"),
    Action.RECORD_EXPORTED: N_("Exported the data of a contact"),
    Action.TABLE_EXPORTED: N_("Exported a table of records"),
    Action.LABEL_CREATED: N_("Created an association label"),
    Action.LABEL_RENAMED: N_("Renamed an association label"),
    Action.LABEL_DELETED: N_("Deleted an association label"),
    Action.ASSOCIATION_LIMIT_CHANGED: N_("Changed a limit of associations"),
    Action.RULE_CHANGED: N_("Changed a rule of automatic association"),
    Action.RULES_RESET: N_("Took rules of automatic association back to the defaults"),
    Action.BULK_BEGUN: N_("Began work in bulk"),
    Action.BULK_UNDONE: N_("Undid work in bulk"),
    Action.VIEW_CREATED: N_("Saved a view"),
    Action.VIEW_CHANGED: N_("Changed a view"),
    Action.VIEW_DELETED: N_("Deleted a view"),
    Action.VIEW_RESTORED: N_("Brought a view back"),
    Action.LIST_CREATED: N_("Made a list"),
    Action.LIST_CHANGED: N_("Changed a list"),
    Action.LIST_DELETED: N_("Deleted a list"),
    Action.LIST_RESTORED: N_("Brought a list back"),
    Action.DEFAULT_TABS_CHANGED: N_("Changed the tabs of everybody"),
}

DETAIL_LABELS = {
    "address": N_("Address"),
    "device": N_("Device"),
    "name": N_("Name"),
    "email": N_("E-mail"),
    "team": N_("Team"),
    "permission_set": N_("Permission set"),
    "handed_to": N_("Records handed to"),
    "moved_to": N_("People moved to"),
    "changes": N_("Changes"),
    "type": N_("Type"),
    "object": N_("Object"),
    "records_to": N_("Records moved to"),
    "copied_from": N_("Copied from"),
    "filters": N_("Filters"),
    "teams": N_("Teams"),
    "way": N_("By"),
    "count": N_("Number"),
    "format": N_("Format"),
}
