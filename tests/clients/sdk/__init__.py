"""wxc_sdk, which knows nothing of hubform, against hubform's simulator.

The SDK's models are told to forbid what they do not know (`API_MODEL_ALLOW_EXTRA`, set by `../run`), so that a field or an
enum value that the simulator invents is an error of the test that meets it.
"""
