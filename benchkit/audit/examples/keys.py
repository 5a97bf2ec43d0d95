"""Public keys of the examples, in the form of a zone file: as long as real ones are. No one holds their private keys."""

from __future__ import annotations

RSA_1024 = (
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCeiQ6YaRiDuCkglRyIBUqRcV3kdY1xqu6IInEfwgAGRVhfPE2FAofpE4Vp1XWHP9skfhSEoRdkf74uvn4y"
    "7PEW8THj7YNjPx/9HVS8MmtNj88Xsx68ee0G26oogItx30s1OyRd0vuVlwQd80orrx37ddPurjLo/hDkf3rc20q0FQIDAQAB"
)
_FIRST = (
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAt4BcQyGzk8470YhOBNGGy/PkXwsJEObFbxpE+NtgUkCxtcfID6Ks8q+MAurQAW8+VfggSyXFGOvZ"
    "+8PafWlxoiiMJW/Z21xItzQrthqN/LjUzc+xQnx0e8OoJ5eK2BR8RLiKIKFJL0BgOAGG/weoveX81x7+N858KZPK"
)
_SECOND = (
    "UUyUyyLdNHZG76uEUky0J0pqK60bLTqSc8wQxrjRptI1gSuGNX0eqRY0urJroM4fQpcevWGrPvYp7PBoPc4i9c15H/0Yp19eODmTBCY4rHc5d3Ur30iwSxil"
    "4tOZ/V5jhQQNyZHVGuGIy4JDyVylSMnALOf1Zi1mu6LBZ5Wc3nb5cmD/3wIDAQAB"
)
ED25519 = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="  # of RFC 8463, appendix A
KEY = f'"v=DKIM1; k=rsa; p={_FIRST}" "{_SECOND}"'
_WHOLE = "v=DKIM1; k=rsa; p=" + _FIRST + _SECOND
CUT_KEY = f'"{_WHOLE[:255]}"'
SHORT_KEY = f'"v=DKIM1; k=rsa; p={RSA_1024}"'
ED25519_KEY = f'"v=DKIM1; k=ed25519; p={ED25519}"'
