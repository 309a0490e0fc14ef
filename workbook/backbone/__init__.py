"""The backbone that ships: a small MobileNetV2, trained by this recipe on generated pictures."""
