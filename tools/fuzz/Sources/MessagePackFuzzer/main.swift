import Fuzzing

fuzz(MessagePackInput.complaint)
