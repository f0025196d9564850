"""What this room refuses, and what the person can do then."""

from fieldbook.kernel import Refusal


class NotAPhoto(Refusal):
    """The bytes are not a JPEG, PNG, WebP or HEIC picture, whatever the name says."""

    code = "evidence.not_a_photo"
    sentence = "这不是能用的照片（只收 JPEG、PNG、WebP、HEIC）。文字和其他照片都在，请用相机重拍一张。"


class Damaged(Refusal):
    """It begins as a photo but cannot be read to its end."""

    code = "evidence.damaged"
    sentence = "这张照片已损坏，打不开。文字和其他照片都在，请重拍这一张。"


class TooLarge(Refusal):
    """More bytes than a photo may have. Fact: limit_mb."""

    code = "evidence.too_large"
    status = 413
    sentence = "这张照片超过 {limit_mb} MB，没有收下。手机上的原片还在，请用本应用的相机重拍，或先把照片缩小。"


class TooSmall(Refusal):
    """A side is too short to show anything. Facts: width, height, side."""

    code = "evidence.too_small"
    sentence = "这张照片只有 {width}×{height} 像素，看不清现场（每边至少 {side}）。文字都在，请重拍一张。"


class TooManyPixels(Refusal):
    """A side or the area is beyond what we decode. Facts: width, height, megapixels, side."""

    code = "evidence.too_many_pixels"
    sentence = "这张照片有 {width}×{height} 像素，超出上限（{megapixels} 百万像素，每边 {side}）。文字都在，请调低相机分辨率后重拍。"


class TooManyScans(Refusal):
    """A progressive JPEG with so many scans that decoding it would cost minutes. Fact: limit."""

    code = "evidence.too_many_scans"
    sentence = "这张照片的编码方式不正常（超过 {limit} 遍扫描），没有收下。文字都在，请用相机重拍一张。"


class HashMismatch(Refusal):
    """The bytes that arrived are not those the phone named: cut or changed on the way."""

    code = "evidence.hash_mismatch"
    sentence = "照片在路上传坏了，没有收下。手机里的照片还在，会自动重传。"


class NotNamed(Refusal):
    """No command of this phone names this photo; for all it may know, there is no such photo."""

    code = "evidence.not_named"
    status = 404
    sentence = "还没有收到提到这张照片的上报，照片先不收。手机里的照片还在，上报发出后会自动再传。"


class DiskFull(Refusal):
    """The store has no room to keep a photo safely; nothing was kept."""

    code = "evidence.disk_full"
    status = 507
    sentence = "服务器存照片的空间不够，这张还没有收下。手机里的照片还在，请勿删除；请告诉管理员腾出空间，之后会自动重传。"
