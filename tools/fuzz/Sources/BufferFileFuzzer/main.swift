import Fuzzing

fuzz(BufferFileInput.complaint)
