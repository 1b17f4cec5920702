import Glibc
import SystemPackage

/// Makes a symbolic link; whether it worked.
func symlinkAt(_ target: FilePath, _ path: FilePath) -> Bool {
  unsafe target.withPlatformString { target in unsafe path.withPlatformString { unsafe symlink(target, $0) == 0 } }
}
