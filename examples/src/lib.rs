//! Programs that embed the facade, one a file under `examples/`.
