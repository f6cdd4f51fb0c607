"""How many cases the property tests try: some hundreds; `--hypothesis-profile=thorough` tries 10,000 each."""

from hypothesis import HealthCheck, settings

_LOOSE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
settings.register_profile("quick", max_examples=30, deadline=None, suppress_health_check=_LOOSE)
settings.register_profile("thorough", max_examples=10_000, deadline=None, suppress_health_check=_LOOSE)
settings.load_profile("quick")
