/*
 * The status table: OB_STATUS_ROW(symbol, value, MARS code, event id, message, advice).
 * Values of HRESULT facility ITF from 0x80040200 on are ours; a value is never reused. The others
 * are the system's own, so that callers on Windows recognise them ([MS-ERREF] 2.1.1).
 * Included by status.h and status.c, more than once: no include guard on purpose.
 */
OB_STATUS_ROW(OB_E_NO_MEMORY, 0x8007000E, 0, 0, "Not enough memory.",
              "Close other programs or give the machine more memory, then try again.")
OB_STATUS_ROW(OB_E_INVALID_ARGUMENT, 0x80070057, 0, 0, "A value given is not valid.",
              "See the detail for the field and the values it allows.")
OB_STATUS_ROW(OB_E_ACCESS_DENIED, 0x80070005, 0, 0, "Access is denied.",
              "Run as an administrator (on Linux: root or a member of the group obadmin).")
OB_STATUS_ROW(OB_E_UNEXPECTED, 0x8000FFFF, 0, 0, "An unexpected error occurred.",
              "See the agent's log for the detail; if it happens again, report it.")
OB_STATUS_ROW(OB_E_NOT_FOUND, 0x80070490, 0, 0, "The item was not found.",
              "Check the name; list what exists and try again.")
OB_STATUS_ROW(OB_E_EXISTS, 0x800700B7, 0, 0, "The item exists already.",
              "Choose another name or remove the existing item first.")
OB_STATUS_ROW(OB_E_CANCELLED, 0x800704C7, 0, 0, "The operation was cancelled.",
              "Start it again when you are ready; what a backup has stored is used again.")
OB_STATUS_ROW(OB_E_TIMEOUT, 0x800705B4, 0, 0, "The operation took longer than allowed.",
              "Check that the other end is running and reachable, then try again.")
OB_STATUS_ROW(OB_E_DISK_FULL, 0x80070070, 0, 0, "There is not enough space on the disk.",
              "Free space at the place named in the detail and run the job again.")
OB_STATUS_ROW(OB_E_IO, 0x8007001D, 0, 0, "Reading or writing failed.",
              "Check the disk or the share named in the detail, then run the job again.")
OB_STATUS_ROW(OB_E_BUSY, 0x800700AA, 0, 0, "The item is in use.",
              "Wait until the other job or process is done, then try again.")
OB_STATUS_ROW(OB_E_NOT_SUPPORTED, 0x80070032, 0, 0, "This is not supported here.",
              "See the detail; the documentation lists what each system supports.")
OB_STATUS_ROW(OB_E_TOO_LARGE, 0x800700DF, 0, 0, "The data is larger than allowed.",
              "See the detail for the limit.")
OB_STATUS_ROW(OB_E_CORRUPT, 0x80040200, 0, 0, "Stored data is damaged.",
              "Keep the vault as it is and see the detail for what is affected.")
OB_STATUS_ROW(OB_E_SEAL, 0x80040201, 0, 0,
              "Stored data does not match its key: it was changed or belongs elsewhere.",
              "Check that the vault's folder was not edited or mixed with another one.")
OB_STATUS_ROW(OB_E_FORMAT_VERSION, 0x80040202, 0, 0,
              "The data was written in a format this version does not know.",
              "Update the agent to the version that wrote the data, or a newer one.")
OB_STATUS_ROW(OB_E_SYNTAX, 0x80040203, 0, 0, "The document is not well-formed.",
              "See the detail for the place of the first error.")
OB_STATUS_ROW(OB_E_UNKNOWN_FIELD, 0x80040204, 0, 0, "The document has a field that is not known.",
              "Remove the field named in the detail, or update the agent.")
OB_STATUS_ROW(OB_E_NOT_REGISTERED, 0x80040210, 0, 0,
              "This machine is not registered with a vault.",
              "Register it first: obctl register FILE, or Start-OBRegistration.")
OB_STATUS_ROW(OB_E_REGISTERED_ELSEWHERE, 0x80040211, 100110, 0,
              "This machine is already registered with another vault.",
              "Unregister it from the other vault first, or use that vault's credentials.")
OB_STATUS_ROW(OB_E_CREDENTIALS_INVALID, 0x80040212, 34513, 0,
              "Invalid vault credentials provided. The file is either corrupted or does not have "
              "the latest credentials.",
              "Download new vault credentials (obvault credentials) and try again.")
OB_STATUS_ROW(OB_E_CREDENTIALS_EXPIRED, 0x80040213, 34514, 0,
              "Vault credentials file provided has expired.",
              "Download new vault credentials (obvault credentials); a file is valid for 48 hours.")
OB_STATUS_ROW(OB_E_CREDENTIALS_SUPERSEDED, 0x80040214, 34513, 0,
              "Invalid vault credentials provided. The file is not the latest download.",
              "Use the newest vault credentials file; each download replaces the ones before.")
OB_STATUS_ROW(OB_E_VAULT_UNREACHABLE, 0x80040215, 100050, 0, "Cannot connect to the vault.",
              "Check that the vault's address can be reached from this machine, then try again.")
OB_STATUS_ROW(OB_E_PASSPHRASE_NOT_SET, 0x80040216, 34506, 0,
              "The encryption passphrase is not set correctly on this machine.",
              "Set it: obctl settings passphrase, or Set-OBMachineSetting -EncryptionPassphrase.")
OB_STATUS_ROW(OB_E_PASSPHRASE_SHORT, 0x80040217, 0, 0,
              "The passphrase is too short: at least 16 characters are needed.",
              "Choose a longer passphrase and keep it in a safe place.")
OB_STATUS_ROW(OB_E_PASSPHRASE_WRONG, 0x80040218, 0, 0,
              "The passphrase does not open this machine's backups.",
              "Enter the newest passphrase that was set on the machine; it opens all its backups.")
OB_STATUS_ROW(OB_E_NO_POLICY, 0x80040219, 0, 0,
              "No backup policy of this name is set on this machine.",
              "Look at those that are there (obctl policy list), or set one: obctl policy set, or "
              "Set-OBPolicy.")
OB_STATUS_ROW(OB_E_POLICY_INVALID, 0x8004021A, 0, 0, "The backup policy is not valid.",
              "See the detail for the field and the values it allows.")
OB_STATUS_ROW(OB_E_JOB_RUNNING, 0x8004021B, 0, 0, "A job of this kind is already running.",
              "Wait for it (obctl job watch) or cancel it (obctl job cancel).")
OB_STATUS_ROW(OB_E_JOB_INTERRUPTED, 0x8004021C, 0, 11,
              "The agent stopped while the job was running.",
              "Run the job again; data already in the vault is used again.")
OB_STATUS_ROW(OB_E_NOTHING_TO_BACK_UP, 0x8004021D, 0, 11,
              "The policy selects no file that exists.",
              "Check the include and exclude specs of the policy.")
OB_STATUS_ROW(OB_E_SOURCE_READ, 0x8004021E, 0, 0, "A file could not be read.",
              "See the job's list of failed files for the names and reasons.")
OB_STATUS_ROW(OB_E_TARGET_EXISTS, 0x8004021F, 0, 0, "The file to restore exists already.",
              "Choose what to do with it: Skip, CreateCopy or Overwrite.")
OB_STATUS_ROW(OB_E_AGENT_TOO_OLD, 0x80040220, 120002, 14,
              "This version of the agent is no longer supported by the vault.",
              "Install the latest version of the agent.")
OB_STATUS_ROW(OB_E_AGENT_UNREACHABLE, 0x80040221, 0, 0, "The agent does not answer.",
              "Check that the service obagent is running, then try again.")
OB_STATUS_ROW(OB_E_STATE_IN_USE, 0x80040222, 0, 0,
              "Another agent is using this state folder.",
              "Stop the other agent, or start this one with a state folder of its own.")
OB_STATUS_ROW(OB_E_VERSION, 0x80040223, 0, 0,
              "The agent and the caller have no version of the interface in common.",
              "Update the older of the two.")
OB_STATUS_ROW(OB_E_PROTOCOL, 0x80040224, 0, 0, "The other end broke the protocol.",
              "Check that it is an agent of this product and of a known version.")
OB_STATUS_ROW(OB_E_FENCED, 0x80040225, 0, 0,
              "Another run has taken over the deletion of old recovery points.",
              "Nothing is wrong: the other run does the work. Start again if it does not.")
OB_STATUS_ROW(OB_E_RETAINED, 0x80040226, 0, 0,
              "The recovery point has to be kept: its retention has not ended.",
              "Wait until the time named in the detail; retention is never shortened.")
OB_STATUS_ROW(OB_E_VAULT_INCOMPLETE, 0x80040227, 0, 0,
              "Something is missing from the vault, so nothing is deleted from it.",
              "Check that the whole vault is mounted; verify it, then prune again.")
OB_STATUS_ROW(OB_E_NO_TERMINAL, 0x80040228, 0, 0,
              "There is no terminal to ask for the passphrase on.",
              "Give it in a file: --passphrase-file FILE, where - is standard input.")
OB_STATUS_ROW(OB_E_COMMAND_FAILED, 0x80040230, 0, 0, "A command of the policy failed.",
              "See the detail for how it ended and what it said last; run it by hand to try it.")
OB_STATUS_ROW(OB_E_SNAPSHOT_FAILED, 0x80040231, 0, 0, "No snapshot of the volumes could be taken.",
              "See the detail; on Windows \"vssadmin list writers\" shows which writer fails.")
