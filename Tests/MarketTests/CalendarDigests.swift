import Market
import Testing

/// What the reference (`exchange_calendars` 4.13.2 on pandas 2.3) says of each exchange from 1990 to 2030, as far as it goes: the first and
/// the last date asked for, the number of sessions, and the 64-bit FNV-1a hash over each session's day, open, close and break (days and
/// seconds since 1970 as little-endian 64-bit integers). One value is corrected: with a range that ends in 2030 the package gives the last
/// session of XKRX the late open of the New Year's session that is cut off.
enum CalendarDigests {
    struct Digest: Sendable, CustomTestStringConvertible {
        let mic: String
        let first, last: SessionDate
        let sessions: Int
        let hash: UInt64
        var testDescription: String { mic }
    }

    static let all: [Digest] = table.split(separator: "\n").compactMap { line in
        let fields = line.split(separator: " ")
        guard fields.count == 5, let first = SessionDate(fields[1]), let last = SessionDate(fields[2]), let sessions = Int(fields[3]),
            let hash = UInt64(fields[4], radix: 16)
        else { return nil }
        return Digest(mic: String(fields[0]), first: first, last: last, sessions: sessions, hash: hash)
    }

    private static let table = """
        24/5 1990-01-01 2030-12-31 10697 0b948385102903c2
        24/7 1990-01-01 2030-12-31 14975 234678c02cd6e804
        AIXK 2017-01-01 2030-12-31 3435 d3e9d06661b818e5
        ASEX 1990-01-01 2030-12-31 10192 d0e956151ce510e8
        BVMF 1990-01-01 2030-12-31 10170 4d50e92de9feb185
        CMES 1990-01-01 2030-12-31 10575 6267086015c38820
        IEPA 1990-01-01 2030-12-31 10574 34cf32799d75aae2
        XAMS 1990-01-01 2030-12-31 10455 497e384390946581
        XASX 1990-01-01 2030-12-31 10378 9a9e2bf4d4a39295
        XBDA 1990-01-01 2030-12-31 10291 d588aa2590551467
        XBEL 1990-01-01 2030-12-31 10334 f99311555d8f670c
        XBKK 1990-01-01 2030-12-31 10039 81ec86927b4a4dbd
        XBOG 1990-01-01 2030-12-31 9995 868eaa068cb83a16
        XBOM 1997-01-01 2026-12-31 7419 691a7f1459c0836b
        XBRA 1990-01-01 2030-12-31 10227 8a8fcc8048d61e9c
        XBRU 1990-01-01 2030-12-31 10456 76375cba66198470
        XBSE 1990-01-01 2030-12-31 10284 eebb58a865cd8e6b
        XBUD 1990-01-01 2030-12-31 10244 7bb1b283190ad505
        XBUE 1990-01-01 2030-12-31 10147 42f041f2ab57d8cb
        XCBF 1990-01-01 2030-12-31 10326 f5bfa5448cec352c
        XCSE 1990-01-01 2030-12-31 10261 5ea979805bd7981d
        XCYS 1990-01-01 2030-12-31 10115 ef6cbc067aeee0be
        XDUB 1990-01-01 2030-12-31 10391 b7f1e132bb88a8ea
        XDUS 1990-01-01 2030-12-31 10422 d933380a8390dad7
        XEEE 1990-01-01 2030-12-31 10436 809f91465b6326f8
        XETR 1990-01-01 2030-12-31 10422 39eb1762b5d3bccb
        XEUR 1990-01-01 2030-12-31 10436 6618444516840a94
        XFRA 1990-01-01 2030-12-31 10422 39eb1762b5d3bccb
        XHAM 1990-01-01 2030-12-31 10422 d933380a8390dad7
        XHEL 1990-01-01 2030-12-31 10297 f06e25dc45fc1340
        XHKG 1990-01-01 2030-12-31 10115 2195f6a604e8d79a
        XICE 1990-01-01 2030-12-31 10205 79376209df9214d9
        XIDX 1990-01-01 2030-12-31 10167 3b985761aa22d95b
        XIST 1990-01-01 2030-12-31 10301 491e86eb2999b3e
        XJSE 1990-01-01 2030-12-31 10260 3f801953611656fd
        XKAR 1990-01-01 2030-12-31 10290 ed5a73c8adf0f80f
        XKLS 1990-01-01 2030-12-31 10159 96961f843c90c533
        XKRX 1990-01-01 2030-12-31 10527 b428eacfef67c51b
        XLIM 1990-01-01 2030-12-31 10275 9c454cee909241fd
        XLIS 1990-01-01 2030-12-31 10391 758530908940944a
        XLIT 1990-01-01 2030-12-31 10221 de173ee643b9f444
        XLJU 1990-01-01 2030-12-31 10201 9b8ff1d9d555185f
        XLON 1990-01-01 2030-12-31 10362 d8965a3e06f2477c
        XLUX 1990-01-01 2030-12-31 10496 c9d2cede877b6a64
        XMAD 1990-01-01 2030-12-31 10393 502910e9cdec1c02
        XMEX 1990-01-01 2030-12-31 10340 1f03c88544829895
        XMIL 1990-01-01 2030-12-31 10407 90a5723d8173a4c2
        XMOS 1990-01-01 2030-12-31 10307 dbad2f7e4e041efb
        XNYS 1990-01-01 2030-12-31 10322 b117e5ccfab480ec
        XNZE 1990-01-01 2030-12-31 10287 10368ceb14fdedb7
        XOSL 1990-01-01 2030-12-31 10287 38787a08051b4d90
        XPAR 1990-01-01 2030-12-31 10467 2d2acf5c1f453527
        XPHS 1990-01-01 2030-12-31 10226 3eaf0602c1e1915e
        XPRA 1990-01-01 2030-12-31 10281 3c77864ba1e9340a
        XRIS 1990-01-01 2030-12-31 10278 9e93552ff48cfe75
        XSAU 2021-01-01 2029-12-31 2241 ba818ab16d314e08
        XSES 1990-01-01 2026-12-31 9291 9fc494b6ff744ac7
        XSGO 1990-01-01 2030-12-31 10228 144c20ec0870b74d
        XSHG 1990-12-03 2026-12-31 8809 59f521fc767947e
        XSTO 1990-01-01 2030-12-31 10293 f46c53af28dfec44
        XSTU 1990-01-01 2030-12-31 10436 37efe2a732d94e2a
        XSWX 1990-01-01 2030-12-31 10297 4c31e8f2b7202605
        XTAE 1990-01-01 2030-12-31 10095 c650f7387ee47c49
        XTAI 1990-01-01 2030-12-31 10125 3be7127bcff5bc31
        XTAL 1990-01-01 2030-12-31 10310 d0a507554f89213e
        XTKS 1997-01-01 2030-12-31 8328 304298f0b89d2628
        XTSE 1990-01-01 2030-12-31 10303 2afb96a3298a8b9
        XWAR 1990-01-01 2030-12-31 10273 681dc29385fee32f
        XWBO 1990-01-01 2030-12-31 10229 2546868fad207a45
        XZAG 1990-01-01 2030-12-31 10215 c3b585bf32fdfef0
        us_futures 1990-01-01 2030-12-31 10580 bacc797a63e4fc72
        """
}
