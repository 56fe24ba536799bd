"""Train the demo model from scratch:  python3 train.py --out DIR  [--minutes 50] [--vision-minutes 6]

1. The vision tower learns to see figures in patches (vision_training.py).
2. The projector is fitted to codes of unit size for shape, colour and place (projector_fit.py).
3. Projector and language model learn to answer questions; the loss is on the answers only.  Batches vary in frames
   (4, 6, 8), token merging (1, 1/2, 1/4, 1/8) and in the layer from which visual tokens are gone, so that the model
   works with and without AIM.  Types of question that are still answered badly are asked more often (batches.py).

Learning rates follow the clock, so the run fits its time budget on any machine.  DIR gets checkpoint/ (the Hugging
Face folder), state.pt (float32, to go on from with --init), vision.pt and log.txt.
"""
import argparse
import os

import numpy as np
import torch
import torch.nn.functional as F

from batches import FIRST_RATES, BatchMaker, rates_by_error
from bpe import train_bpe
from branches import Packer, answer_logits
from export import save_checkpoint
from held_out import held_out_accuracy, summary
from model import Llava
from optimizers import descend, make_optimizers, set_learning_rate
from phrases import corpus
from projector_fit import align_projector
from run import Clock, Log, Run
from tokenizer import Tokenizer
from vision_training import train_vision

CHECK_SECONDS = 240                                     # between looks at the held-out scenes


def parse_arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="out")
    parser.add_argument("--minutes", type=float, default=50)
    parser.add_argument("--vision-minutes", type=float, default=6)
    parser.add_argument("--lr", type=float, default=0.012, help="Muon, for matrices")
    parser.add_argument("--adam-lr", type=float, default=0.002, help="for embeddings, norms and biases")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=int, default=2400, help="language-model tokens per step")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--vision", help="a saved vision tower (skips step 1)")
    parser.add_argument("--init", help="a saved state to go on from")
    parser.add_argument("--align", action="store_true", help="with --init: fit the projector anew")
    parser.add_argument("--from-fraction", type=float, default=0.0, help="with --init: where in the schedule to go on")
    return parser.parse_args()


def main():
    args = parse_arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    os.makedirs(args.out, exist_ok=True)
    tokenizer = Tokenizer(train_bpe(corpus()))
    run = start(args, tokenizer)
    if args.init:
        run.net.load_state_dict(torch.load(args.init, map_location=run.device))
    elif args.vision:
        run.net.vision_tower.load_state_dict(torch.load(args.vision, map_location=run.device))
    else:
        train_vision(run, args)
        torch.save(run.net.vision_tower.state_dict(), os.path.join(args.out, "vision.pt"))
    run.net.vision_tower.requires_grad_(False)
    if args.align or not args.init:
        align_projector(run, args, keep=bool(args.init))
    train_language(run, args)
    save_checkpoint(run.net, tokenizer, os.path.join(args.out, "checkpoint"))


def start(args, tokenizer):
    """A new model, on the GPU if there is one."""
    log = Log(args.out)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    dtype = torch.bfloat16 if device == "cuda" or torch.__version__ >= "2" else torch.float32
    vocabulary = (tokenizer.size + 7) // 8 * 8
    net = Llava(vocabulary).to(device)
    log("parameters", sum(p.numel() for p in net.parameters()), "vocabulary", tokenizer.size, device, dtype)
    return Run(net, Packer(tokenizer), device, dtype, log)


def train_language(run, args):
    """Step 3.  Leaves state.pt behind, every few minutes and at the end."""
    state = os.path.join(args.out, "state.pt")
    trained = [(name, p) for name, p in run.net.named_parameters() if p.requires_grad]
    optimizers = make_optimizers(trained, args.lr, args.adam_lr)
    clock, batches = Clock(args.minutes, args.from_fraction), BatchMaker(run, args.seed + 1, args.tokens)
    checked, losses, step = clock.seconds(), [], 0
    rates = rates_by_error(held_out_accuracy(run)) if args.init and not args.align else FIRST_RATES
    while (done := clock.done()) < 1:
        batch = batches.next(done, rates)
        set_learning_rate(optimizers, done, step)
        loss = batch_loss(run, batch)
        descend(optimizers, loss, clipped=run.net.parameters())
        losses.append(loss.item())
        step += 1
        if step % 100 == 0:
            run.log(f"step {step} loss {np.mean(losses):.3f} {batches.seen} {clock.seconds():.0f}s")
            losses = []
        if clock.seconds() - checked > CHECK_SECONDS:
            accuracy = held_out_accuracy(run)
            rates = rates_by_error(accuracy) if args.init or done > .35 else FIRST_RATES
            run.log("held-out", summary(accuracy))
            torch.save(run.net.state_dict(), state)
            checked = clock.seconds()
    run.log("final held-out", summary(held_out_accuracy(run, scenes=192), with_counts=True))
    torch.save(run.net.state_dict(), state)
    run.log("trained", batches.seen, f"{clock.seconds():.0f}s")


def batch_loss(run, batch):
    logits, labels = answer_logits(run.net, run.packer, batch.packed, batch.features, batch.is_video, batch.merge,
                                   batch.cut, run.dtype)
    return F.cross_entropy(logits, labels)


if __name__ == "__main__":
    main()
