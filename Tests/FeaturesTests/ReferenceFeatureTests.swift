import Features
import Foundation
import Market
import TestVectors
import Testing

/// Compares with the reference implementation in pandas, run by the interpreter that `BELLWETHER_ORACLE_PYTHON` names.
@Suite struct ReferenceFeatureTests {
    static let python: String? = {
        let path = ProcessInfo.processInfo.environment["BELLWETHER_ORACLE_PYTHON"]
        if path == nil {
            print("SKIPPED: BELLWETHER_ORACLE_PYTHON names no python with numpy, pandas and onnxruntime: no comparison with pandas")
        }
        return path
    }()

    /// Symbols without holes; inputs as float64, features and volatilities as the reference has them, symbol-major.
    private static let script = """
        import sys, numpy as np
        sys.path.insert(0, sys.argv[1] + '/score')
        import common as C
        P, cal, syms, _ = C.load('dev')
        whole = [s for s in syms if P['close'][s].notna().all() and P['adj_close'][s].notna().all()][:40]
        P = {k: v[whole] for k, v in P.items()}
        F, names, s94 = C.features(P)
        r = np.vstack([np.full((1, len(whole)), np.nan), np.diff(np.log(P['adj_close'].values), axis=0)])
        extra = np.stack([r, s94, C.ewma_sigma(r, .97), C.sigma_blend(P)], -1)
        cols = np.stack([P[k].values for k in ('open', 'high', 'low', 'close', 'adj_close', 'volume')], -1)
        with open(sys.argv[2], 'wb') as f:
            np.array([len(whole), len(cal), len(names)], 'int64').tofile(f)
            cols.transpose(1, 0, 2).astype('float64').tofile(f)
            extra.transpose(1, 0, 2).astype('float64').tofile(f)
            F.transpose(1, 0, 2).astype('float32').tofile(f)
        print(','.join(names))
        """

    private struct Table {
        var symbols = 0, sessions = 0
        var names: [String] = []
        var inputs: [Double] = [], extras: [Double] = []
        var features: [Float] = []
    }

    private static func run() throws -> Table {
        let output = FileManager.default.temporaryDirectory.appendingPathComponent("oracle-\(UUID().uuidString).bin")
        defer { try? FileManager.default.removeItem(at: output) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(python))
        process.arguments = ["-B", "-W", "ignore", "-c", script, try #require(Vectors.root), output.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let names = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let data = try Data(contentsOf: output)
        func values<Value: BitwiseCopyable>(_ type: Value.Type, _ start: Int, _ count: Int) -> [Value] {
            data.withUnsafeBytes { bytes in
                (0..<count).map { bytes.loadUnaligned(fromByteOffset: start + $0 * MemoryLayout<Value>.size, as: type) }
            }
        }
        let sizes = values(Int64.self, 0, 3).map(Int.init)
        let cells = sizes[0] * sizes[1]
        return Table(
            symbols: sizes[0], sessions: sizes[1],
            names: names.split(whereSeparator: \.isNewline).joined().split(separator: ",").map(String.init),
            inputs: values(Double.self, 24, cells * 6), extras: values(Double.self, 24 + cells * 48, cells * 4),
            features: values(Float.self, 24 + cells * 80, cells * sizes[2]))
    }

    /// `us_daily` gives split-adjusted bars and an adjusted close; the difference is added as a dividend.
    private static func observations(_ table: Table, _ symbol: Int) -> [Observation] {
        (0..<table.sessions).map { step in
            let now = (symbol * table.sessions + step) * 6
            let row = table.inputs[now..<(now + 6)].map { $0 }
            let dividend =
                step == 0
                ? 0
                : Adjustment.dividend(
                    close: row[3], adjusted: row[4], previousClose: table.inputs[now - 3], previousAdjusted: table.inputs[now - 2])
            return Observation(
                session: SessionDate(day: Int32(step)), open: row[0], high: row[1], low: row[2], close: row[3], volume: row[5],
                dividend: dividend)
        }
    }

    /// Whether a difference of one rank or less comes from another symbol whose return is the same but for the last bits.
    private static func isTie(_ name: String, _ rows: [[FeatureRow]], _ symbol: Int, _ step: Int, by difference: Float) -> Bool {
        guard name == "rk5" || name == "rk20", difference < 1.001 / Float(rows.count) else { return false }
        let values = rows.map { name == "rk5" ? $0[step].crossSectionInput.return5 : $0[step].crossSectionInput.return20 }
        return values.indices.contains { $0 != symbol && abs(values[$0] - values[symbol]) < 1e-12 }
    }

    @Test(
        .enabled(if: ReferenceFeatureTests.python != nil, "BELLWETHER_ORACLE_PYTHON is not set"),
        .enabled(if: Vectors.arePresent, "BELLWETHER_VECTORS is not set"))
    func `Every feature and volatility equals the reference`() throws {
        let table = try ReferenceFeatureTests.run()
        let rows = (0..<table.symbols).map { features(ReferenceFeatureTests.observations(table, $0)) }
        var cross: [[Float]] = []
        var engine = CrossSectionEngine(members: table.symbols)
        for step in 0..<table.sessions { cross.append(engine.append((0..<table.symbols).map { CrossSectionMember($0, rows[$0][step]) })) }
        try #require(table.symbols >= 20)
        for (column, name) in FeatureSet.names.enumerated() {
            let reference = try #require(table.names.firstIndex(of: name))
            var (worst, holes): (Float, Int) = (0, 0)
            for symbol in 0..<table.symbols {
                for step in 0..<table.sessions {
                    let own =
                        column < 28 ? rows[symbol][step].values[column] : cross[step].isEmpty ? .nan : cross[step][symbol * 6 + column - 28]
                    let other = table.features[(symbol * table.sessions + step) * table.names.count + reference]
                    if own.isNaN != other.isNaN {
                        holes += 1
                    } else if !own.isNaN, abs(own - other) > worst,
                        !ReferenceFeatureTests.isTie(name, rows, symbol, step, by: abs(own - other))
                    {
                        worst = abs(own - other)
                    }
                }
            }
            #expect(worst <= 1e-6, "\(name) differs by \(worst)")
            #expect(holes == 0, "\(name) is missing at other places, \(holes) times")
        }
        for symbol in 0..<table.symbols {
            for step in 0..<table.sessions {
                for (index, own) in rows[symbol][step].extras.prefix(4).enumerated() {
                    let other = table.extras[(symbol * table.sessions + step) * 4 + index]
                    #expect(own.isNaN == other.isNaN && (own.isNaN || abs(own - other) <= 1e-10), "\(symbol) \(step) \(index)")
                }
            }
        }
    }
}
