# Gives every BoringSSL symbol the prefix `tob_`. Not `bssl`: that is BoringSSL's own C++ namespace.
set(BORINGSSL_PREFIX "tob" CACHE STRING "" FORCE)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
