import csv
import re

import numpy as np
import pytest
import torch
from PIL import Image
from sklearn.datasets import load_digits
from torch.utils.data import DataLoader
from torchvision.transforms import v2

from course.data.images import ImageTable, in_memory, read_image, read_table, write_images


def exactly(message):
    return f"^{re.escape(message)}$"


def made_up(*shape, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(0, 256, shape, generator=generator, dtype=torch.uint8)


@pytest.fixture
def images():
    return made_up(5, 6, 4)


@pytest.fixture
def table(tmp_path, images):
    return write_images(tmp_path / "made" / "up", images, ["cat", "dog", "cat", "ant", "dog"])


def rewrite(table, text, encoding="utf-8"):
    table.write_text(text, encoding=encoding)
    return table


# write_images


@pytest.mark.parametrize("shape", [(3, 6, 4), (3, 1, 6, 4), (3, 3, 6, 4), (0, 6, 4)])
@pytest.mark.parametrize("named", [str, lambda path: path])
def test_the_files_hold_the_pixels_and_the_table_their_names_and_labels(tmp_path, shape, named):
    images = made_up(*shape)
    table = write_images(named(tmp_path / "new"), images, torch.arange(shape[0]) + 7)
    assert table == tmp_path / "new" / "labels.csv"
    with table.open(newline="") as file:
        rows = list(csv.reader(file))
    names = [f"0000{i}.png" for i in range(shape[0])]
    assert rows == [["file", "label"], *([name, str(7 + i)] for i, name in enumerate(names))]
    assert sorted(path.name for path in table.parent.iterdir()) == [*names, "labels.csv"]
    for name, image in zip(names, images, strict=True):
        pixels = np.asarray(Image.open(table.parent / name))  # Pillow knows nothing of torch
        expected = image.squeeze(0) if len(image) == 1 else image
        expected = expected.permute(1, 2, 0) if expected.ndim == 3 else expected
        np.testing.assert_array_equal(pixels, expected)


def test_labels_may_be_any_text(tmp_path):
    labels = ["T-shirt/top", 'a "b", c', "Ä\nÖ"]
    table = write_images(tmp_path, made_up(3, 2, 2), labels)
    dataset = ImageTable(table, classes=labels)
    assert [dataset[i][1] for i in range(3)] == [0, 1, 2]


def test_images_that_lie_otherwise_in_memory_are_as_good_as_any(tmp_path):
    images = made_up(2, 4, 6).transpose(1, 2)
    assert not images.is_contiguous()
    dataset = ImageTable(write_images(tmp_path, images, [0, 1]))
    assert torch.equal(torch.cat([dataset[0][0], dataset[1][0]]), images)


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((4, 4), torch.uint8),
        ((2, 2, 4, 4), torch.uint8),
        ((1, 2, 1, 4, 4), torch.uint8),
        ((2, 4, 4), torch.float32),
        ((2, 1, 4, 4), torch.int64),
    ],
)
def test_images_of_another_shape_or_type_are_refused(tmp_path, shape, dtype):
    message = (
        f"images have shape {shape} and type {dtype}: "
        "give (n, h, w), (n, 1, h, w) or (n, 3, h, w) of torch.uint8"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        write_images(tmp_path / "new", torch.zeros(shape, dtype=dtype), [0, 1])
    assert not (tmp_path / "new").exists()


def test_another_number_of_labels_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"^3 labels for 2 images: give one for each$"):
        write_images(tmp_path / "new", made_up(2, 4, 4), [0, 1, 2])
    assert not (tmp_path / "new").exists()


def test_a_table_is_never_overwritten(table):
    before = table.read_bytes()
    with pytest.raises(FileExistsError, match=r"labels\.csv"):
        write_images(table.parent, made_up(1, 2, 2), [0])
    assert table.read_bytes() == before


# ImageTable


def test_an_example_is_the_image_and_the_number_of_its_class(table, images):
    dataset = ImageTable(str(table))
    assert len(dataset) == 5
    assert dataset.classes == ("ant", "cat", "dog")
    for i, number in enumerate([1, 2, 1, 0, 2]):
        image, label = dataset[i]
        assert torch.equal(image, images[i : i + 1])
        assert (type(label), label) == (int, number)
        assert dataset[i - 5][1] == number, "from the back too"


def test_the_digits_of_scikit_learn_come_back_as_they_were_written(tmp_path):
    digits = load_digits()
    images = torch.from_numpy(digits.images[:50] * 15).to(torch.uint8)
    dataset = ImageTable(write_images(tmp_path, images, digits.target[:50].tolist()))
    read = torch.cat([image for image, _ in dataset])
    np.testing.assert_array_equal(read, digits.images[:50] * 15)
    assert [label for _, label in dataset] == digits.target[:50].tolist()


@pytest.mark.parametrize("index", [5, -6])
def test_an_index_that_is_not_there_is_an_index_error_which_ends_a_loop(table, index):
    dataset = ImageTable(table)
    with pytest.raises(IndexError):
        dataset[index]
    assert len(list(dataset)) == 5


@pytest.mark.parametrize("index", [slice(0, 2), 1.0, "0", None])
def test_an_index_that_is_no_integer_is_refused(table, index):
    with pytest.raises(TypeError, match="integer"):
        ImageTable(table)[index]


def test_gray_and_colour_are_converted_into_each_other(tmp_path, images):
    gray = ImageTable(write_images(tmp_path / "gray", images, range(5)), channels=3)
    assert torch.equal(gray[1][0], images[1].expand(3, 6, 4))
    colour = write_images(tmp_path / "colour", made_up(2, 3, 6, 4), range(2))
    image = np.asarray(Image.open(colour.parent / "00001.png").convert("L"), dtype=float)
    read = ImageTable(colour)[1][0]
    assert read.shape == (1, 6, 4)
    np.testing.assert_allclose(read[0], image, atol=1)
    assert torch.equal(ImageTable(colour, channels=3)[1][0], made_up(2, 3, 6, 4)[1])


def test_another_format_a_palette_or_an_alpha_channel_is_as_good_as_any(tmp_path):
    kinds = {"a.jpg": "RGB", "b.png": "P", "c.png": "RGBA", "d.png": "1", "e.gif": "L"}
    for name, mode in kinds.items():
        Image.new(mode, (4, 6)).save(tmp_path / name)
    lines = "\n".join(f"{name},x" for name in kinds)
    table = rewrite(tmp_path / "labels.csv", f"file,label\n{lines}\n")
    for channels in (1, 3):
        shapes = {tuple(image.shape) for image, _ in ImageTable(table, channels=channels)}
        assert shapes == {(channels, 6, 4)}


def test_no_image_is_read_before_it_is_asked_for_and_each_time_anew(table, images):
    dataset = ImageTable(table)
    Image.fromarray(images[4].numpy()).save(table.parent / "00002.png")
    assert torch.equal(dataset[2][0], images[4:])
    Image.fromarray(images[3].numpy()).save(table.parent / "00002.png")
    assert torch.equal(dataset[2][0], images[3:4])


def test_the_transform_changes_the_image_alone(table, images):
    dataset = ImageTable(table, transform=v2.ToDtype(torch.float32, scale=True))
    image, label = dataset[0]
    np.testing.assert_allclose(image[0], images[0] / 255)
    assert label == 1


@pytest.mark.parametrize("workers", [0, 2])
def test_a_data_loader_makes_batches_of_images_and_labels(table, images, workers):
    batches = list(DataLoader(ImageTable(table), batch_size=3, num_workers=workers))
    assert [batch.shape for batch, _ in batches] == [(3, 1, 6, 4), (2, 1, 6, 4)]
    assert torch.equal(torch.cat([batch for batch, _ in batches]).squeeze(1), images)
    assert torch.cat([labels for _, labels in batches]).tolist() == [1, 2, 1, 0, 2]


def test_the_columns_may_stand_anywhere_among_others(table, images):
    text = "id, label,file\n7, dog,00003.png\n\n8,cat,00001.png\n"
    dataset = ImageTable(rewrite(table, text, encoding="utf-8-sig"))
    assert len(dataset) == 2
    assert torch.equal(dataset[0][0], images[3:4])
    assert [label for _, label in dataset] == [1, 0]


def test_a_table_without_rows_is_an_empty_dataset(table):
    dataset = ImageTable(rewrite(table, "file,label\n"))
    assert (len(dataset), dataset.classes) == (0, ())


def test_the_classes_may_be_given_so_that_two_tables_agree(table):
    dataset = ImageTable(table, classes=["dog", "cat", "ant", "bee"])
    assert dataset.classes == ("dog", "cat", "ant", "bee")
    assert [label for _, label in dataset] == [1, 0, 1, 2, 0]


def test_a_label_that_is_no_class_is_refused(table):
    message = (
        f"{table}, line 5: 'ant' is none of the classes cat, dog: correct it, or give all classes"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(table, classes=["cat", "dog"])


@pytest.mark.parametrize("channels", [0, 2, 4])
def test_another_number_of_channels_is_refused(table, channels):
    message = f"{table}, line 2: channels is {channels}: give 1 for gray or 3 for colour"
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(table, channels=channels)[0]


@pytest.mark.parametrize(
    ("text", "missing", "found"),
    [
        ("path,label\na.png,1\n", "file", "path, label"),
        ("file,class\na.png,1\n", "label", "file, class"),
        ("file;label\na.png;1\n", "file", "file;label"),
        ("", "file", "none"),
    ],
)
def test_a_missing_column_is_named_with_those_that_are_there(table, text, missing, found):
    message = (
        f"{table} has no column {missing!r}: it has {found}; "
        "name them file and label, with a comma between them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(rewrite(table, text))


@pytest.mark.parametrize(
    ("row", "file", "label"),
    [("00001.png,", "'00001.png'", "''"), (",cat", "''", "'cat'"), ("a", "'a'", "None")],
)
def test_a_row_with_a_gap_is_named(table, row, file, label):
    message = f"{table}, line 3: the file is {file}, the label {label}: give both, or drop the row"
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(rewrite(table, f"file,label\n00000.png,cat\n{row}\n"))


def test_a_missing_file_is_named_with_its_row_before_anything_is_read(table):
    path = table.parent / "00002.png"
    path.unlink()
    message = f"{table}, line 4: {path} is not there: correct the row, or put the file there"
    with pytest.raises(FileNotFoundError, match=exactly(message)):
        ImageTable(table)


def test_a_folder_in_place_of_a_file_is_no_file(table):
    (table.parent / "00002.png").unlink()
    (table.parent / "00002.png").mkdir()
    with pytest.raises(FileNotFoundError, match=r"line 4: .*00002\.png is not there"):
        ImageTable(table)


def test_a_missing_table_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"nowhere\.csv"):
        ImageTable(tmp_path / "nowhere.csv")


@pytest.mark.parametrize("damage", ["truncated", "empty", "text", "gone"])
def test_an_image_that_cannot_be_read_is_named_with_its_row(table, damage):
    path = table.parent / "00003.png"
    dataset = ImageTable(table)
    whole = path.read_bytes()
    content = {"truncated": whole[: len(whole) // 2], "empty": b"", "text": b"no image"}
    path.write_bytes(content.get(damage, b""))
    if damage == "gone":
        path.unlink()
    message = f"{table}, line 5: {path} cannot be read as an image: replace it, or leave it out"
    with pytest.raises(OSError, match=exactly(message)) as caught:
        dataset[3]
    cause = caught.value.__cause__.__cause__
    assert isinstance(cause, OSError | SyntaxError), "what Pillow says is told as well"
    assert dataset[2][1] == 1, "the others can be read"


@pytest.mark.parametrize(
    ("dtype", "mode", "name"),
    [(np.uint16, "I;16", "a.png"), (np.int32, "I", "a.tif"), (np.float32, "F", "a.tif")],
)
def test_an_image_with_more_than_8_bits_is_refused_because_it_would_be_cut(
    tmp_path, dtype, mode, name
):
    Image.fromarray(np.full((6, 4), 40_000, dtype=dtype)).save(tmp_path / name)
    table = rewrite(tmp_path / "labels.csv", f"file,label\n{name},x\n")
    message = (
        f"{table}, line 2: {tmp_path / name} has pixels of mode {mode}: "
        "save it with 8 bits per channel"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(table)[0]


def test_an_image_that_would_fill_the_memory_is_refused(table, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)  # these have 24
    with pytest.raises(OSError, match=r"line 2: .*00000\.png cannot be read as an image"):
        ImageTable(table)[0]


def test_an_image_can_be_read_without_a_table(table, images):
    assert torch.equal(read_image(table.parent / "00001.png"), images[1:2])
    assert read_image(str(table.parent / "00001.png"), channels=3).shape == (3, 6, 4)
    with pytest.raises(OSError, match=r"^nowhere\.png cannot be read as an image: replace it"):
        read_image("nowhere.png")


def test_a_table_can_be_read_without_its_images(table):
    assert list(read_table(table))[:2] == [(2, "00000.png", "cat"), (3, "00001.png", "dog")]


# in_memory


def test_in_memory_are_the_same_examples(table):
    dataset = ImageTable(table)
    kept = in_memory(dataset)
    assert len(kept) == 5
    for i in range(5):
        image, label = kept[i]
        assert torch.equal(image, dataset[i][0])
        assert (label.dtype, label.item()) == (torch.int64, dataset[i][1])


def test_what_is_in_memory_needs_no_file_and_no_second_transform(table):
    calls = []

    def note(image):
        calls.append(image)
        return image + len(calls)

    kept = in_memory(ImageTable(table, transform=note))
    assert len(calls) == 5
    (table.parent / "00001.png").unlink()
    before = kept[1][0].clone()
    assert torch.equal(kept[1][0], before)
    assert len(calls) == 5


def test_images_of_several_shapes_are_refused_in_memory(table):
    Image.new("L", (3, 3)).save(table.parent / "00002.png")
    message = (
        "5 images have the shapes [(1, 3, 3), (1, 6, 4)]: "
        "give at least one, all of one shape; a transform can resize them"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        in_memory(ImageTable(table))
    assert len(in_memory(ImageTable(table, transform=v2.Resize((8, 8))))) == 5


def test_no_examples_are_refused_in_memory(table):
    with pytest.raises(ValueError, match=r"^0 images have the shapes \[\]: give at least one"):
        in_memory(ImageTable(rewrite(table, "file,label\n")))


# what people's tables and photos bring along


def test_blanks_around_labels_names_and_files_do_not_count(table):
    rewrite(table, "file , label\n00000.png , cat \n 00001.png,dog\t\n00002.png,cat\n")
    images = ImageTable(table)
    assert images.classes == ("cat", "dog")
    assert [label for _, label in images] == [0, 1, 0]
    assert next(iter(read_table(table))) == (2, "00000.png", "cat")


def test_a_label_of_blanks_is_none(table):
    rewrite(table, "file,label\n00000.png,  \n")
    with pytest.raises(
        ValueError, match=r"line 2: the file is '00000\.png', the label '': give both"
    ):
        ImageTable(table)


def test_a_table_in_another_encoding_is_refused_with_its_name(table):
    rewrite(table, "file,label\n00000.png,Bär\n", encoding="cp1252")
    message = (
        f"{table} is no text in UTF-8 (invalid continuation byte at byte 22): save it as "
        "'CSV UTF-8'"
    )
    with pytest.raises(ValueError, match=exactly(message)):
        ImageTable(table)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_the_line_ends_of_other_systems_are_read(table, ends):
    table.write_bytes(f"file,label{ends}00000.png,cat{ends}".encode("utf-8-sig"))
    assert list(read_table(table)) == [(2, "00000.png", "cat")]


# As the Exif tag 274 numbers them: what has to be done to the pixels to see the photo upright.
UPRIGHT = {
    1: lambda pixels: pixels,
    2: lambda pixels: pixels.flip(-1),
    3: lambda pixels: pixels.flip(-1, -2),
    4: lambda pixels: pixels.flip(-2),
    5: lambda pixels: pixels.mT,
    6: lambda pixels: pixels.rot90(-1, (-2, -1)),
    7: lambda pixels: pixels.rot90(2, (-2, -1)).mT,
    8: lambda pixels: pixels.rot90(1, (-2, -1)),
}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("orientation", UPRIGHT)
def test_a_photo_that_was_taken_sideways_is_turned_upright(tmp_path, orientation, channels):
    pixels = made_up(2, 3)
    exif = Image.Exif()
    exif[274] = orientation
    Image.fromarray(pixels.numpy()).save(tmp_path / "photo.png", exif=exif)
    expected = UPRIGHT[orientation](pixels).expand(channels, -1, -1)
    assert torch.equal(read_image(tmp_path / "photo.png", channels), expected)


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch, images):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    table = write_images("~/photos", images, list("abcde"))
    assert table == tmp_path / "home" / "photos" / "labels.csv"
    assert torch.equal(ImageTable("~/photos/labels.csv")[1][0][0], images[1])
    assert torch.equal(read_image("~/photos/00001.png")[0], images[1])
