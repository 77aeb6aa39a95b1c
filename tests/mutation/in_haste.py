"""What pytest does otherwise for a mutant: a property that fails is enough, none smaller is looked for."""

from hypothesis import Phase, settings

settings.register_profile("mutants", phases=(Phase.explicit, Phase.reuse, Phase.generate))
settings.load_profile("mutants")
