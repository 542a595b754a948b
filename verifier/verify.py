#!/usr/bin/env python3
"""Checks an audit bundle of an Activation Ledger. Needs Python 3.8 or later and nothing else.

    python3 verify.py [BUNDLE] --key VERIFIERKEY [--since CHECKPOINT]

BUNDLE is the directory or .tar of the export (default: the directory of this file). VERIFIERKEY is the key of the log, and CHECKPOINT a
checkpoint you kept, both from somewhere else than the bundle. This program shares no code with the one that made the bundle: it reads the
same public formats (RFC 6962, C2SP signed notes and checkpoints, DSSE 1.0, RFC 8032).

It cannot say more about the tables in views/ than that they are the exported bytes; `activation-ledger verify` computes them again.

Exit codes: 0 intact, 1 altered, 2 incomplete, 3 cannot verify or unanchored (no key from elsewhere was given).
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
import tarfile

# ---------------------------------------------------------------- Ed25519 (RFC 8032, 5.1)

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_MINUS_ONE = pow(2, (P - 1) // 4, P)


def add(a, b):
    """Sum of two points in extended coordinates."""
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    e = (y1 - x1) * (y2 - x2) % P
    f = (y1 + x1) * (y2 + x2) % P
    g = 2 * t1 * t2 * D % P
    h = 2 * z1 * z2 % P
    p, q, r, s = f - e, h - g, h + g, f + e
    return (p * q % P, r * s % P, q * r % P, p * s % P)


def double(a):
    """Twice a point."""
    x, y, z, _ = a
    u, v, w = x * x % P, y * y % P, 2 * z * z % P
    h = u + v
    e = h - (x + y) * (x + y) % P
    g = u - v
    f = w + g
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def combine(s, a, k, b):
    """s times a plus k times b, in one pass over the bits of both."""
    choices = (None, a, b, add(a, b))
    result = (0, 1, 1, 0)
    for bit in range(max(s.bit_length(), k.bit_length()) - 1, -1, -1):
        result = double(result)
        choice = (s >> bit & 1) | (k >> bit & 1) << 1
        if choice:
            result = add(result, choices[choice])
    return result


def same_point(a, b):
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def decode_point(data):
    """The point of 32 bytes, or None."""
    y = int.from_bytes(data, "little")
    sign = y >> 255
    y &= (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * SQRT_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = decode_point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def is_signature(public_key, message, signature):
    if len(signature) != 64 or len(public_key) != 32:
        return False
    a, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    # The signature is good where s times the base point is r plus k times a.
    minus_a = (P - a[0], a[1], a[2], P - a[3])
    return same_point(combine(s, BASE, k, minus_a), r)


# ---------------------------------------------------------------- Merkle tree (RFC 6962, 2.1)


def leaf_hash(entry):
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """The right edge of a tree, leaf by leaf."""

    def __init__(self, size=0, subtrees=()):
        if bin(size).count("1") != len(subtrees):
            raise ValueError("the subtrees do not fit the size")
        self.size = size
        self.edge = list(subtrees)

    def append(self, value, level=0):
        width = 1 << level
        if self.size % width:
            raise ValueError("no subtree of this size begins here")
        rest = self.size // width
        while rest & 1:
            value = node_hash(self.edge.pop(), value)
            rest >>= 1
        self.edge.append(value)
        self.size += width

    def root(self):
        if not self.edge:
            return hashlib.sha256(b"").digest()
        value = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            value = node_hash(left, value)
        return value


def levels_between(start, end):
    """Levels of the whole subtrees, as large as can be, from one size to another."""
    levels = []
    while start < end:
        level = 0
        while start % (2 << level) == 0 and start + (2 << level) <= end:
            level += 1
        levels.append(level)
        start += 1 << level
    return levels


def is_included(leaf, index, size, proof, root):
    if index >= size:
        return False
    place, last, value = index, size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            value = node_hash(other, value)
            while not place & 1 and place > 0:
                place, last = place >> 1, last >> 1
        else:
            value = node_hash(value, other)
        place, last = place >> 1, last >> 1
    return last == 0 and value == root


def is_consistent(first_size, first_root, second_size, second_root, proof):
    if first_size > second_size:
        return False
    if first_size == second_size:
        return not proof and first_root == second_root
    if first_size == 0:
        return not proof and first_root == hashlib.sha256(b"").digest()
    place, last = first_size - 1, second_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    proof = list(proof) if place else [first_root] + list(proof)
    if not proof:
        return False
    old = new = proof[0]
    for other in proof[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node_hash(other, old), node_hash(other, new)
            while not place & 1 and place > 0:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, other)
        place, last = place >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


# ---------------------------------------------------------------- keys, notes, checkpoints (C2SP), envelopes (DSSE)


def strict_base64(text):
    """The bytes of a text that is the one encoding of them."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the canonical form of Base 64")
    return data


def hash_of(text):
    data = strict_base64(text)
    if len(data) != 32:
        raise ValueError("not a hash")
    return data


def parse_key(text):
    """(name, key id, public key) of `name+hex+base64`."""
    name, key_id, encoded = text.strip().split("+", 2)
    data = strict_base64(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + data).hexdigest()[:8]
    if len(data) != 33 or data[0] != 1 or expected != key_id:
        raise ValueError("not a verifier key")
    return name, key_id, data[1:]


class Altered(Exception):
    pass


class UnknownKey(Exception):
    pass


def open_checkpoint(data, keys):
    """(origin, size, root) of a signed note. Raises Altered or UnknownKey."""
    try:
        text = data.decode("utf-8")
        cut = text.rindex("\n\n")
        body, lines = text[: cut + 1], text[cut + 2 :]
        if not lines.endswith("\n") or re.search("[\x00-\x09\x0b-\x1f]", text):
            raise ValueError
        signatures = []
        for line in lines[:-1].split("\n"):
            name, encoded = re.fullmatch("\u2014 ([^ ]+) ([A-Za-z0-9+/=]+)", line).groups()
            signatures.append((name, strict_base64(encoded)))
        origin, size, root, *rest = body.split("\n")
        if rest[-1:] != [""] or "" in rest[:-1] or not re.fullmatch("0|[1-9][0-9]{0,15}", size):
            raise ValueError
        head = (origin, int(size), hash_of(root))
    except (ValueError, AttributeError, UnicodeDecodeError, binascii.Error):
        raise Altered("it is not a signed checkpoint")
    known = 0
    for name, signature in signatures:
        for key_name, key_id, public_key in keys:
            if name == key_name and signature[:4].hex() == key_id:
                if not is_signature(public_key, body.encode(), signature[4:]):
                    raise Altered("its signature is wrong")
                known += 1
    if known == 0:
        raise UnknownKey("it is not signed by the key that was given")
    return head


PAYLOAD_TYPE = "application/vnd.activation-ledger.export-manifest+json"


def check_envelope(data, payload, keys):
    """Raises Altered or UnknownKey."""
    try:
        text = data.decode("utf-8")
        signature = json.loads(text)["signatures"][0]
        key_id, value = signature["keyid"], strict_base64(signature["sig"])
        form = {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": [{"keyid": key_id, "sig": signature["sig"]}]}
        if json.dumps(form, separators=(",", ":"), sort_keys=True, ensure_ascii=False) != text:
            raise ValueError
    except (ValueError, KeyError, IndexError, TypeError, UnicodeDecodeError, binascii.Error):
        raise Altered("it is not the signature of this manifest")
    kind = PAYLOAD_TYPE.encode()
    message = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
    for name, short, public_key in keys:
        if key_id == "%s+%s" % (name, short):
            if not is_signature(public_key, message, value):
                raise Altered("the signature of the manifest is wrong")
            return
    raise UnknownKey("the manifest is signed by %s, which is not the key that was given" % key_id)


# ---------------------------------------------------------------- the files of a bundle


class Directory:
    def __init__(self, root):
        self.root = root

    def open(self, name):
        path = os.path.join(self.root, *name.split("/"))
        return open(path, "rb") if os.path.isfile(path) else None

    def names(self):
        for folder, _, files in os.walk(self.root):
            for file in files:
                yield os.path.relpath(os.path.join(folder, file), self.root).replace(os.sep, "/")


class Archive:
    def __init__(self, path):
        self.tar = tarfile.open(path, "r:")
        self.members = {}
        try:
            for member in self.tar:
                if member.isfile():
                    self.members[re.sub(r"^\./", "", member.name)] = member
        except tarfile.TarError:
            pass

    def open(self, name):
        return self.tar.extractfile(self.members[name]) if name in self.members else None

    def names(self):
        return iter(self.members)


def read(files, name):
    file = files.open(name)
    if file is None:
        return None
    with file:
        return file.read()


def read_json(files, name):
    try:
        return json.loads(read(files, name) or b"")
    except ValueError:
        return None


# ---------------------------------------------------------------- the verification

ORDER = ["intact", "unanchored", "cannot verify", "incomplete", "altered"]
EXIT = {"intact": 0, "altered": 1, "incomplete": 2, "cannot verify": 3, "unanchored": 3}
TAIL = re.compile(rb'"recordedAt":"([^"]{24})","revision":(\d+),"schemaVersion":\d+,(?:"source":\{.*\},)?"stream":"([^"]+)","type":"([^"]+)"\}', re.S)


class Verification:
    def __init__(self, files, keys, since):
        self.files, self.keys, self.since = files, keys, since
        self.findings, self.notes = [], []

    def say(self, verdict, message):
        self.findings.append((verdict, message))

    def verdict(self):
        return max((verdict for verdict, _ in self.findings), key=ORDER.index, default="intact")

    def run(self):
        manifest = self.open_manifest()
        if manifest is None:
            return
        self.check_files(manifest)
        self.head = (manifest["treeSize"], hash_of(manifest["rootHash"]))
        self.check_checkpoint(manifest)
        earlier = self.open_since(manifest)
        root_at_since = None
        if manifest.get("filter") is None:
            root_at_since = self.check_range(manifest, None if earlier is None else earlier[0])
        else:
            self.check_filtered(manifest)
        self.check_consistency(manifest, earlier, root_at_since)
        self.notes.append("The tables in views/: nothing more can be said than that they are the exported bytes.")
        strangers = [name for name in self.files.names() if name not in self.listed and not name.startswith("manifest.")]
        if strangers:
            self.notes.append("Not part of the export: %s." % ", ".join(strangers[:5]))

    def open_manifest(self):
        data, signature = read(self.files, "manifest.json"), read(self.files, "manifest.dsse.json")
        if data is None and signature is None:
            self.say("cannot verify", "There is no manifest.json: this is no audit bundle.")
            return None
        if data is None or signature is None:
            self.say("incomplete", "%s is missing." % ("manifest.json" if data is None else "manifest.dsse.json"))
            return None
        manifest = self.parse_manifest(data)
        if not self.keys:
            self.say("unanchored", "No key was given: the bundle agrees with the key that it brings along, and anybody could have made both.")
            try:
                self.keys = [parse_key(manifest["verifierKey"])]
            except (TypeError, KeyError, ValueError, AttributeError, binascii.Error):
                self.keys = []
        try:
            check_envelope(signature, data, self.keys)
        except Altered as reason:
            self.say("altered", "manifest.json, manifest.dsse.json: %s." % reason)
        except UnknownKey as reason:
            self.say("cannot verify", "%s." % reason)
        if manifest is None and self.verdict() != "altered":
            self.say("cannot verify", "manifest.json is not of a form that this program reads.")
        return manifest

    def parse_manifest(self, data):
        try:
            manifest = json.loads(data)
            counts = [manifest["range"]["from"], manifest["range"]["to"], manifest["events"]["count"], manifest["treeSize"]]
            counts += [file["bytes"] for file in manifest["files"]]
            sound = all(isinstance(count, int) and count >= 0 for count in counts) and manifest["range"]["from"] >= 1
            sound = sound and isinstance(manifest["events"]["byType"], dict) and isinstance(manifest["origin"], str)
            hash_of(manifest["rootHash"])
            self.listed = {file["path"]: file for file in manifest["files"]}
            return manifest if sound and manifest["format"] == "activation-ledger-audit-bundle" and manifest["version"] == 1 else None
        except (ValueError, KeyError, TypeError, binascii.Error):
            return None

    def check_files(self, manifest):
        # What proves the events is needed whether the manifest lists it or not: else whoever holds the key leaves the proof out.
        needed = ["checkpoint", "events.ndjson"]
        if manifest.get("filter") is not None:
            needed.append("proofs/inclusion.ndjson")
        elif (manifest["range"]["from"], manifest["range"]["to"]) != (1, manifest["treeSize"]):
            needed.append("proofs/range.json")
        for path in dict.fromkeys(needed + list(self.listed)):
            file = self.files.open(path)
            if file is None:
                self.say("incomplete", "%s is missing." % path)
                continue
            if path == "events.ndjson" or path not in self.listed:
                file.close()
                continue
            entry = self.listed[path]
            digest = hashlib.sha256()
            with file:
                for piece in iter(lambda: file.read(1 << 20), b""):
                    digest.update(piece)
            if digest.hexdigest() != entry["sha256"]:
                self.say("altered", "%s is not what was exported." % path)

    def check_checkpoint(self, manifest):
        data = read(self.files, "checkpoint")
        if data is None:
            return
        try:
            if open_checkpoint(data, self.keys) != (manifest["origin"],) + self.head:
                self.say("altered", "The checkpoint is not the one that the manifest names.")
        except Altered as reason:
            self.say("altered", "The checkpoint: %s." % reason)
        except UnknownKey as reason:
            self.say("cannot verify", "The checkpoint: %s." % reason)

    def open_since(self, manifest):
        if self.since is None:
            return None
        try:
            origin, size, root = open_checkpoint(self.since, self.keys)
            if origin == manifest["origin"]:
                return size, root
            self.say("cannot verify", "Your earlier checkpoint is of another log (%s)." % origin)
        except (Altered, UnknownKey) as reason:
            self.say("cannot verify", "Your earlier checkpoint: %s." % reason)
        return None

    def lines(self):
        """(line without its line feed, whether it had one) of the events."""
        digest = hashlib.sha256()
        with self.files.open("events.ndjson") as file:
            for line in file:
                digest.update(line)
                ended = line.endswith(b"\n")
                yield (line[:-1] if ended else line), ended
        self.events_digest = digest.hexdigest()

    def is_cut(self, ended):
        with self.files.open("events.ndjson") as file:
            return not ended and file.seek(0, os.SEEK_END) < self.listed.get("events.ndjson", {"bytes": 0})["bytes"]

    def check_range(self, manifest, since_size):
        """Every line is compared with its leaf, and all with the root. Gives the root at the size of the auditor's checkpoint."""
        first, last = manifest["range"]["from"], manifest["range"]["to"]
        proof = read_json(self.files, "proofs/range.json")
        if proof is None and first == 1 and last == manifest["treeSize"] and self.files.open("proofs/range.json") is None:
            proof = {"left": [], "right": []}
        try:
            tree = Tree(first - 1, [hash_of(text) for text in proof["left"]])
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            tree = None
        if self.files.open("events.ndjson") is None:
            return None
        root_at_since = tree.root() if tree is not None and tree.size == since_size else None
        leaves = self.files.open("proofs/leaves.bin")
        types, revisions, times, count, wrong = {}, {}, [], 0, None
        for line, ended in self.lines():
            if wrong is not None:
                continue
            leaf = leaf_hash(line)
            expected = leaf if leaves is None else leaves.read(32)
            found = line.rfind(b'"recordedAt":"')
            tail = TAIL.fullmatch(line, found) if found >= 0 else None
            if not ended or tail is None or count >= manifest["events"]["count"] or (len(expected) == 32 and expected != leaf):
                wrong = (first + count, ended)
                continue
            recorded_at, revision, stream, kind = tail.groups()
            follows = revisions.get(stream, int(revision) - 1 if first > 1 else -1) + 1
            if int(revision) != follows:
                self.say("altered", "Event %d is revision %s of its stream, and %d was to follow." % (first + count, revision.decode(), follows))
            revisions[stream] = int(revision)
            types[kind.decode()] = types.get(kind.decode(), 0) + 1
            times = [min(times[0], recorded_at), max(times[1], recorded_at)] if times else [recorded_at, recorded_at]
            count += 1
            if tree is not None:
                tree.append(leaf)
                if tree.size == since_size:
                    root_at_since = tree.root()
        if leaves is not None:
            leaves.close()
        if wrong is not None:
            sequence, ended = wrong
            if self.is_cut(ended):
                self.say("incomplete", "events.ndjson is cut off within event %d." % sequence)
            elif sequence - first >= manifest["events"]["count"]:
                self.say("altered", "There are more than the %d events that were exported." % manifest["events"]["count"])
            else:
                self.say("altered", "The first event that differs is %d." % sequence)
            return None
        if count < manifest["events"]["count"]:
            self.say("incomplete", "The events from %d on are missing: %d of %d are here." % (first + count, count, manifest["events"]["count"]))
            return None
        if self.events_digest != self.listed.get("events.ndjson", {}).get("sha256"):
            self.say("altered", "events.ndjson is not what was exported.")
            return None
        if proof is None and self.files.open("proofs/range.json") is None:
            return None
        try:
            right = [hash_of(text) for text in proof["right"]]
            levels = levels_between(tree.size, self.head[0])
            if len(right) != len(levels):
                raise ValueError
            for level, value in zip(levels, right):
                tree.append(value, level)
            if tree.root() != self.head[1]:
                self.say("altered", "The events do not lead to the root that was signed.")
        except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
            self.say("altered", "The proof of the range does not fit the tree.")
        self.check_figures(manifest, count, types, times)
        self.notes.append("All %d events from %d to %d." % (count, first, last))
        return root_at_since

    def check_filtered(self, manifest):
        """Every line is proved by its own path. Nothing proves that none is missing: the filter says which they are to be."""
        first, last = manifest["range"]["from"], manifest["range"]["to"]
        if self.files.open("events.ndjson") is None or self.files.open("proofs/inclusion.ndjson") is None:
            return
        proofs = (read(self.files, "proofs/inclusion.ndjson") or b"").split(b"\n")[:-1]
        types, times, count, before = {}, [], 0, first - 1
        for line, ended in self.lines():
            try:
                proof = json.loads(proofs[count])
                sequence, path = proof["sequence"], [hash_of(text) for text in proof["hashes"]]
                tail = TAIL.fullmatch(line, line.rfind(b'"recordedAt":"'))
                sound = ended and before < sequence <= last and is_included(leaf_hash(line), sequence - 1, self.head[0], path, self.head[1])
                recorded_at, _, _, kind = tail.groups()
            except (ValueError, KeyError, TypeError, IndexError, AttributeError, binascii.Error):
                sound, sequence = False, before + 1
            if not sound:
                if self.is_cut(ended):
                    self.say("incomplete", "events.ndjson is cut off within event %d." % sequence)
                else:
                    self.say("altered", "The first event that differs is %d: its proof does not lead to the root that was signed." % sequence)
                return
            before = sequence
            types[kind.decode()] = types.get(kind.decode(), 0) + 1
            times = [min(times[0], recorded_at), max(times[1], recorded_at)] if times else [recorded_at, recorded_at]
            count += 1
        figures = manifest["events"]
        if count < figures["count"]:
            self.say("incomplete", "Events are missing behind %d: %d of %d are here." % (before, count, figures["count"]))
            return
        if self.events_digest != self.listed.get("events.ndjson", {}).get("sha256"):
            self.say("altered", "events.ndjson is not what was exported.")
            return
        self.check_figures(manifest, count, types, times)
        self.notes.append("%d of %d events from %d to %d: those that passed the filter %s. Each is proved to be the log's; that no other passes it is the exporter's word."
                          % (count, figures["of"], first, last, json.dumps(manifest["filter"])))

    def check_figures(self, manifest, count, types, times):
        figures = manifest["events"]
        told = [figures.get("firstRecordedAt"), figures.get("lastRecordedAt")]
        seen = [time.decode() for time in times] if times else [None, None]
        if figures["count"] != count or figures["byType"] != types or told != seen:
            self.say("altered", "The manifest counts other events than there are.")

    def check_consistency(self, manifest, earlier, root_at_since):
        proof = read_json(self.files, "proofs/consistency.json")
        try:
            path = [hash_of(text) for text in proof["hashes"]]
            ends = (proof["from"], proof["to"])
        except (ValueError, KeyError, TypeError, binascii.Error):
            path, ends = [], (None, None)

        def proved(size, root):
            return ends == (size, self.head[0]) and is_consistent(size, root, self.head[0], self.head[1], path)

        previous = manifest.get("previous")
        if previous is not None and self.files.open("proofs/consistency.json") is not None and not proved(previous["treeSize"], hash_of(previous["rootHash"])):
            self.say("altered", "The log does not go on from the earlier checkpoint that the manifest names.")
            return
        if earlier is None:
            if self.since is None:
                self.notes.append("Not checked: whether the log goes on from what it was before (--since).")
            return
        size, root = earlier
        if size > self.head[0]:
            self.say("cannot verify", "Your checkpoint covers %d events, this bundle only %d: it is of an earlier day, or the log was cut." % (size, self.head[0]))
        elif size == self.head[0]:
            if root != self.head[1]:
                self.say("altered", "The log has another root at %d events than your checkpoint: its history was rewritten." % size)
        elif root_at_since is not None:
            if root != root_at_since:
                self.say("altered", "The first %d events are not those of your checkpoint: the history was rewritten." % size)
        elif ends[0] == size:
            if not proved(size, root):
                self.say("altered", "The log does not go on from your checkpoint (%d events)." % size)
        else:
            self.say("cannot verify", "Nothing here proves that the log goes on from your checkpoint (%d events): export with it." % size)


class Arguments(argparse.ArgumentParser):
    def error(self, message):
        """Not with 2, as usual: that says that a bundle is incomplete."""
        self.print_usage(sys.stderr)
        self.exit(3, "%s: error: %s\n" % (self.prog, message))


def main():
    arguments = Arguments(description="Checks an audit bundle of an Activation Ledger.")
    arguments.add_argument("bundle", nargs="?", default=os.path.dirname(os.path.abspath(__file__)), help="directory or .tar of the export")
    arguments.add_argument("--key", action="append", default=[], help="verifier key of the log, from elsewhere; may be repeated")
    arguments.add_argument("--since", help="file with a checkpoint that you kept")
    options = arguments.parse_args()
    try:
        keys = [parse_key(text) for text in options.key]
    except (ValueError, binascii.Error):
        print("cannot verify\n  This is not a verifier key: one is name+hash+key.")
        return 3
    since = None
    if options.since is not None:
        try:
            with open(options.since, "rb") as file:
                since = file.read()
        except OSError:
            print("cannot verify\n  Your checkpoint %s cannot be read." % options.since)
            return 3
    try:
        files = Directory(options.bundle) if os.path.isdir(options.bundle) else Archive(options.bundle)
    except (OSError, tarfile.TarError):
        print("cannot verify\n  %s is neither a directory nor an archive that could be read." % options.bundle)
        return 3
    verification = Verification(files, keys, since)
    try:
        verification.run()
    except Exception as error:
        # What this program cannot go on with says nothing of the bundle, and Python itself would end with 1: altered.
        verification.say("cannot verify", "It could not be read to its end: %r." % error)
    verdict = verification.verdict()
    print(verdict)
    for _, message in verification.findings:
        print("  " + message)
    for note in verification.notes:
        print("  - " + note)
    return EXIT[verdict]


if __name__ == "__main__":
    sys.exit(main())
