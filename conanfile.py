"""Conan 2 recipe: `conan create .` packages the libraries, and the tool with `-o with_tool=True`."""

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy, load, rmdir

import os
import re


class QuisConan(ConanFile):
    name = "quis"
    license = "Apache-2.0"
    description = "Decide, prove and govern access: an embeddable authorization engine for Cedar policies"
    topics = ("authorization", "cedar", "policy", "access-control", "governance")
    package_type = "library"
    settings = "os", "arch", "compiler", "build_type"
    options = {"shared": [True, False], "fPIC": [True, False], "with_tool": [True, False]}
    default_options = {"shared": False, "fPIC": True, "with_tool": False}
    implements = ["auto_shared_fpic"]
    exports_sources = "CMakeLists.txt", "cmake/*", "include/*", "src/*", "LICENSE"

    # Lowest floor first; each room needs the ones before it.
    _rooms = ("base", "model", "policy", "engine", "guard")

    def set_version(self):
        text = load(self, os.path.join(self.recipe_folder, "CMakeLists.txt"))
        self.version = re.search(r"project\(quis VERSION ([0-9.]+)", text).group(1)

    def layout(self):
        cmake_layout(self)

    def validate(self):
        check_min_cppstd(self, 20)

    def requirements(self):
        self.requires("boost/[>=1.81 <2]")
        self.requires("fmt/[>=9 <12]")
        self.requires("icu/[>=70 <79]")
        self.requires("openssl/[>=3 <4]")
        self.requires("tl-expected/[>=1.0 <2]", transitive_headers=True)
        self.requires("xxhash/[>=0.8 <1]")
        if self.options.with_tool:
            self.requires("cli11/[>=2.1 <3]")
            self.requires("yaml-cpp/[>=0.7 <1]")

    def generate(self):
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["QUIS_BUILD_TOOL"] = bool(self.options.with_tool)
        toolchain.cache_variables["QUIS_BUILD_EXAMPLES"] = False
        toolchain.generate()
        CMakeDeps(self).generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        rmdir(self, os.path.join(self.package_folder, "lib", "cmake"))
        rmdir(self, os.path.join(self.package_folder, "lib", "pkgconfig"))

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "quis")
        self.cpp_info.set_property("cmake_target_name", "quis::quis")
        below = []
        for room in self._rooms:
            component = self.cpp_info.components[room]
            component.set_property("cmake_target_name", f"quis::{room}")
            component.libs = [f"quis_{room}"]
            component.requires = [*below, "boost::json", "boost::container", "fmt::fmt", "openssl::crypto",
                                  "tl-expected::tl-expected"]
            if room == "policy":
                component.requires += ["icu::icu-uc", "icu::icu-i18n"]
            if self.settings.os in ("Linux", "FreeBSD"):
                component.system_libs = ["pthread"]
            below.append(room)
