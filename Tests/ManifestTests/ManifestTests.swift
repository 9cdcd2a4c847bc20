import Foundation
import Testing

/// The manifest and the sources against the architecture: what the compiler alone does not hold.
@Suite struct ManifestTests {
    @Test func `Every arrow of the manifest is in the table`() throws {
        for module in try Manifest.read().targets where module.type != "test" {
            let imports = Set(module.imports)
            if module.name == "Bootstrap" {
                #expect(imports.allSatisfy { $0.hasSuffix("Function") || $0 == "LambdaRuntime" }, "Bootstrap imports \(imports)")
            } else if module.name.hasSuffix("Function") {
                #expect(imports.isSubset(of: ArchitectureTable.allowedForFunctions), "\(module.name) imports \(imports)")
            } else {
                let allowed = try #require(ArchitectureTable.allowed[module.name], "\(module.name) is not in the table")
                #expect(imports.isSubset(of: allowed), "\(module.name) imports \(imports.subtracting(allowed))")
            }
        }
    }

    @Test func `Every module is built in Swift 6 mode with warnings as errors`() throws {
        for module in try Manifest.read().targets where module.type != "system" {
            #expect(module.settings.contains("swiftLanguageMode"), "\(module.name)")
            #expect(module.settings.contains("treatAllWarnings"), "\(module.name)")
            for feature in ["ExistentialAny", "MemberImportVisibility", "InternalImportsByDefault"] {
                #expect(module.settings.contains(feature), "\(module.name) lacks \(feature)")
            }
        }
    }

    @Test func `Nothing that ships imports full Foundation`() throws {
        let shipped = try Sources.swiftFiles(under: ["Functions", "Shared", "Runtime/LambdaRuntime", "Runtime/LambdaEvents"])
        #expect(!shipped.isEmpty)
        let forbidden = ["import Foundation\n", "String(format:", "DateFormatter", "NumberFormatter", "FoundationInternationalization"]
        for file in shipped {
            let text = try String(contentsOf: file, encoding: .utf8)
            for word in forbidden { #expect(!text.contains(word), "\(file.lastPathComponent) has \(word)") }
        }
    }

    @Test func `Modules without input and output import no system library`() throws {
        let pure = ["Market", "Providers", "Features", "Kernels", "Forecasting", "Backtest"].map { "Shared/\($0)" }
        for file in try Sources.swiftFiles(under: pure) {
            let text = try String(contentsOf: file, encoding: .utf8)
            for call in ["socket(", "fopen(", "FileManager", "FileHandle", "getenv("] {
                #expect(!text.contains(call), "\(file.lastPathComponent) uses \(call)")
            }
        }
    }

    @Test func `Files keep to one topic`() throws {
        let files = try Sources.swiftFiles(under: ["Functions", "Shared", "Runtime", "Tests"])
        let lengths = try files.map {
            try String(contentsOf: $0, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false).count
        }
        let sorted = lengths.sorted()
        #expect(sorted[sorted.count / 2] <= 90, "median \(sorted[sorted.count / 2])")
        #expect(sorted[sorted.count * 9 / 10] <= 250, "nine in ten \(sorted[sorted.count * 9 / 10])")
        // Generated data: `Shared/Market/Data/generate.py` writes them.
        let generated = ["ExchangeTable.swift", "TimeZoneData.swift"]
        for (file, length) in zip(files, lengths) where !generated.contains(file.lastPathComponent) {
            #expect(length <= 401, "\(file.lastPathComponent) has \(length) lines")
        }
    }

    @Test func `The top level holds only what belongs there`() throws {
        let allowed: Set<String> = [
            "Package.swift", "Functions", "Runtime", "Shared", "Tests", "template.yaml", "README.md", "Package.resolved",
        ]
        let found = try FileManager.default.contentsOfDirectory(atPath: Sources.root.path).filter { !$0.hasPrefix(".") }
        #expect(Set(found).isSubset(of: allowed), "\(Set(found).subtracting(allowed))")
    }
}
