<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en_US">
<context>
    <name>twinhull::CreateDialog</name>
    <message numerus="yes">
        <source>This computer has %n CPU(s)</source>
        <translation>
            <numerusform>This computer has %n CPU</numerusform>
            <numerusform>This computer has %n CPUs</numerusform>
        </translation>
    </message>
    <message numerus="yes">
        <source>%1 has %n CPU(s)</source>
        <translation>
            <numerusform>%1 has %n CPU</numerusform>
            <numerusform>%1 has %n CPUs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::MoreOptions</name>
    <message numerus="yes">
        <source>%n setting(s) that are not as usual</source>
        <translation>
            <numerusform>%n setting that is not as usual</numerusform>
            <numerusform>%n settings that are not as usual</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>JobText</name>
    <message numerus="yes">
        <source>%n job(s)</source>
        <translation>
            <numerusform>%n job</numerusform>
            <numerusform>%n jobs</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::StatusLine</name>
    <message numerus="yes">
        <source>%1 (and %n more)</source>
        <translation>
            <numerusform>%1 (and %n more)</numerusform>
            <numerusform>%1 (and %n more)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::LeftoversBanner</name>
    <message numerus="yes">
        <source>%n workload(s) left over from a comparison that was killed: %1</source>
        <translation>
            <numerusform>%n workload left over from a comparison that was killed: %1</numerusform>
            <numerusform>%n workloads left over from a comparison that was killed: %1</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::CheckpointActions</name>
    <message numerus="yes">
        <source>%n container(s)</source>
        <translation>
            <numerusform>%n container</numerusform>
            <numerusform>%n containers</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::GroupAction</name>
    <message numerus="yes">
        <source>%n workload(s)</source>
        <translation>
            <numerusform>%n workload</numerusform>
            <numerusform>%n workloads</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>twinhull::WorkloadActions</name>
    <message numerus="yes">
        <source>%n workload(s)</source>
        <translation>
            <numerusform>%n workload</numerusform>
            <numerusform>%n workloads</numerusform>
        </translation>
    </message>
</context>
</TS>
