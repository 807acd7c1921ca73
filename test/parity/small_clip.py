"""A CLIP of random weights that is made in no time, and silence."""
import contextlib
import importlib.util
import io


def quietly(job, *arguments, **options):
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        return job(*arguments, **options)


def small_clip(folder, activation="quick_gelu", dtype="float32", shard="5GB"):
    """Two layers a tower, patches of 16, and CLIP's own tokenizer where open_clip's package has it."""
    import torch
    import transformers
    import reference
    transformers.logging.set_verbosity_error()
    shape = {"hidden_size": 128, "intermediate_size": 512, "num_hidden_layers": 2, "num_attention_heads": 2, "projection_dim": 64, "hidden_act": activation}
    torch.manual_seed(1)
    config = transformers.CLIPConfig(text_config=dict(shape), vision_config={**shape, "patch_size": 16, "image_size": 96}, projection_dim=64)
    model = transformers.CLIPModel(config).eval().to(getattr(torch, dtype))
    for parameter in model.parameters():  # biases and norms of a new model are 0 and 1, which would hide one in the wrong place
        parameter.data += 0.02 * torch.randn_like(parameter)
    quietly(model.save_pretrained, folder, max_shard_size=shard)
    quietly(transformers.CLIPImageProcessor(size={"shortest_edge": 100}, crop_size={"height": 96, "width": 96}).save_pretrained, folder)
    if importlib.util.find_spec("open_clip"):
        reference.make_tokenizer(str(folder))
    return folder
