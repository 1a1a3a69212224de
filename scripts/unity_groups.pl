#!/usr/bin/env perl
# unity_groups.pl FILE…: a line "GROUP FILE" for each; the files of a group, ten at most, can be compiled as one.
# Files are kept apart when a name that one has in its namespace without a name occurs in the other or in a header of the
# folder that it includes. clang-format leaves such declarations in the first column. A name that is taken for one too
# many makes another group; one that is missed is an error of the compiler, and a reason to give it another name.
use strict;
use warnings;
use File::Basename;

my (%own, %words, %read, @groups);

# The names that this line declares.
sub declared {
    my ($line) = @_;
    return $1 if $line =~ /^(?:template.*>\s*)?(?:class|struct|union|enum(?: class)?|using) (\w+)(?! *::)/ && $1 ne 'namespace';
    return () if $line =~ /^(?:using|template|namespace|\}|#)/;
    return $1 if $line =~ /^[^=(]*?\b(\w+)\(/;
    return $line =~ /\b(\w+)(?=\s*[={;\[])/g;
}

sub read_names {
    my ($file, $part) = @_;
    $read{$file}{$part}++ and return;
    open(my $in, '<', $part) or return;
    my $hidden = 0;
    while (my $line = <$in>) {
        $hidden = 0 if $line =~ m{^\}  // namespace$};
        $line =~ s{(?:^|\s)//\s.*}{};
        read_names($file, dirname($file) . '/' . basename($1)) if $line =~ /^#include "(.*)"/;
        $line =~ s/"(?:[^"\\]|\\.)*"//g;
        $words{$file}{$1} = 1 while $line =~ /(?<![\w.>:])([A-Za-z_]\w*)/g;
        if ($hidden && $line =~ /^[A-Za-z]/) { $own{$file}{$_} = 1 for grep { /[a-z]/ } declared($line); }
        $hidden = 1 if $line =~ /^namespace \{/;
    }
    close $in;
}

sub clash {
    my ($one, $other) = @_;
    return grep { $words{$other}{$_} } keys %{ $own{$one} };
}

foreach my $file (@ARGV) {
    read_names($file, $file);
    my $group = 0;
    ++$group while $groups[$group] && (@{ $groups[$group] } == 10 || grep { clash($file, $_) || clash($_, $file) } @{ $groups[$group] });
    push @{ $groups[$group] }, $file;
    print "$group $file\n";
}
